"""Widgets over the standard protocol, through a real client that plays the front end."""

import time

from test_kernel_comms import send

VERSION = "2.1.0"


class Page:
    """What a front end knows of the models: their states, as comm messages tell them."""

    def __init__(self, session):
        self.session = session
        self.states = {}
        self.echoes = []

    def take(self, messages):
        for message in messages:
            content = message["content"]
            if message["msg_type"] == "comm_open":
                assert content["target_name"] == "jupyter.widget"
                assert message["metadata"]["version"] == VERSION
                self.states[content["comm_id"]] = dict(content["data"]["state"])
            elif message["msg_type"] == "comm_close":
                self.states.pop(content["comm_id"], None)
            elif message["msg_type"] == "comm_msg" and content["data"]["method"] == "update":
                self.states[content["comm_id"]].update(content["data"]["state"])
            elif message["msg_type"] == "comm_msg" and content["data"]["method"] == "echo_update":
                self.echoes.append(content["data"]["state"])
        return messages

    def run(self, code):
        ran = self.session.run(code, timeout=30)
        assert ran.status == "ok", ran.error["text"]
        self.take(ran.messages)
        return ran

    def one(self, model):
        """The id of the only model of a kind."""
        (found,) = [i for i, state in self.states.items() if state["_model_name"] == model]
        return found

    def update(self, comm_id, **state):
        """The front end changes a model; all that comes of it until idle."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        return self.take(self.session.until_idle(send(self.session, "comm_msg", {"comm_id": comm_id, "data": data})))

    def custom(self, comm_id, content):
        data = {"method": "custom", "content": content}
        return self.take(self.session.until_idle(send(self.session, "comm_msg", {"comm_id": comm_id, "data": data})))

    def until(self, wanted, timeout=10):
        """Take messages, whoever their parent, until something holds."""
        end = time.monotonic() + timeout
        while not wanted():
            assert time.monotonic() < end, self.states
            self.take([self.session.published(lambda m: True, timeout=end - time.monotonic())])

    def text(self, comm_id):
        """What an output area shows."""
        texts = []
        for output in self.states[comm_id]["outputs"]:
            kind = output["output_type"]
            if kind == "stream":
                texts.append(output["text"])
            elif kind == "error":
                texts.append(f"{output['ename']}: {output['evalue']}")
            else:
                texts.append(output["data"]["text/plain"])
        return "\n".join(texts)


def test_a_slider_is_shown_with_its_layout_and_style_and_as_text(fresh):
    page = Page(fresh)
    ran = page.run("import { slider } from 'estimand'; const a = slider(0, 10, { value: 4, description: 'a' }); a")
    (result,) = ran.of("execute_result")
    view = result["data"]["application/vnd.jupyter.widget-view+json"]
    assert result["data"]["text/plain"] == "FloatSlider(a: 4)"
    state = page.states[view["model_id"]]
    assert (view["version_major"], view["version_minor"]) == (2, 0)
    assert state["_model_module"] == "@jupyter-widgets/controls" and state["_model_module_version"] == "2.0.0"
    assert state["_model_name"] == "FloatSliderModel" and state["_view_name"] == "FloatSliderView"
    assert {k: state[k] for k in ("min", "max", "step", "value", "description")} == {
        "min": 0, "max": 10, "step": 0.1, "value": 4, "description": "a",
    }  # fmt: skip
    for part, model in (("layout", "LayoutModel"), ("style", "SliderStyleModel")):
        assert page.states[state[part].removeprefix("IPY_MODEL_")]["_model_name"] == model
    kinds = [m["msg_type"] for m in ran.outputs]
    assert kinds == ["comm_open", "comm_open", "comm_open", "execute_result"], "what is referred to comes first"


def test_a_moved_slider_is_echoed_and_its_value_is_there_in_the_next_cell(fresh):
    page = Page(fresh)
    page.run("import { slider } from 'estimand'; const a = slider(0, 10, { value: 4 }); a")
    a = page.one("FloatSliderModel")
    messages = page.update(a, value=7.5)
    assert page.echoes == [{"value": 7.5}]
    assert [m["msg_type"] for m in messages] == ["status", "comm_msg", "status"]
    assert fresh.value("a.value") == "7.5"
    page.run("a.value = 2")
    assert page.states[a]["value"] == 2
    error = fresh.run("a.value = 11").error
    assert "from 0 to 10" in error["evalue"]


def test_what_the_front_end_may_not_send_is_refused_and_corrected(fresh):
    page = Page(fresh)
    page.run(
        "import { hbox, select, checkbox, textInput, integerSlider } from 'estimand';\n"
        "const i = integerSlider(0, 10), s = select({ one: 1, two: 2 }), c = checkbox(), t = textInput('x');\n"
        "hbox([i, s, c, t])"
    )
    i, s = page.one("IntSliderModel"), page.one("DropdownModel")
    page.update(i, value="alert(1)")
    assert page.states[i]["value"] == 5
    page.update(i, value=99)
    assert page.states[i]["value"] == 10
    page.update(s, index=5)
    assert page.states[s]["index"] == 0
    page.update(s, index=1)
    page.update(page.one("CheckboxModel"), value=1)
    page.update(page.one("TextModel"), value="y", _model_name="Evil", toString="x")
    assert fresh.value("[i.value, s.value, c.value, t.value]") == "[ 10, 2, false, 'y' ]"


def test_a_page_that_is_loaded_anew_gets_all_states(fresh):
    page = Page(fresh)
    page.run("import { slider, vbox, label } from 'estimand'; vbox([slider(0, 1, { value: 0.25 }), label('hi')])")
    slider = page.one("FloatSliderModel")
    data = {"method": "request_state"}
    messages = fresh.until_idle(send(fresh, "comm_msg", {"comm_id": slider, "data": data}))
    assert messages[1]["content"]["data"]["state"]["value"] == 0.25
    content = {"comm_id": "ctl", "target_name": "jupyter.widget.control", "data": {}}
    fresh.until_idle(send(fresh, "comm_open", content))
    data = {"method": "request_states"}
    messages = fresh.until_idle(send(fresh, "comm_msg", {"comm_id": "ctl", "data": data}))
    (answer,) = [m["content"]["data"] for m in messages if m["msg_type"] == "comm_msg"]
    assert answer["method"] == "update_states"
    assert set(answer["states"]) == set(page.states)
    box = answer["states"][page.one("VBoxModel")]
    assert box["model_name"] == "VBoxModel" and f"IPY_MODEL_{slider}" in box["state"]["children"]
    known = fresh.ask("comm_info_request", {"target_name": "jupyter.widget"}).content["comms"]
    assert set(known) == set(page.states)


def test_a_press_runs_its_handler_whose_output_is_shown_below_the_cell_that_gave_it(fresh):
    page = Page(fresh)
    ran = page.run(
        "import { button } from 'estimand'; let n = 0;\n"
        "const b = button('go', () => { console.log('pressed', ++n); if (n === 2) throw new Error('twice') }); b"
    )
    b = page.one("ButtonModel")
    page.custom(b, {"event": "click"})
    assert fresh.late(ran.msg_id, "stream")["content"]["text"] == "pressed 1\n"
    page.custom(b, {"event": "click"})
    assert fresh.late(ran.msg_id, "error")["content"]["evalue"] == "twice"
    page.custom(b, {"event": "mouseover"})
    assert fresh.value("n") == "2"


def test_a_cell_can_await_a_press(fresh):
    page = Page(fresh)
    page.run("import { button } from 'estimand'; const b = button('go'); b")
    msg_id = fresh.execute("setTimeout(() => console.log('started')); await b.pressed(); 'pressed'")
    fresh.started(msg_id)
    page.custom(page.one("ButtonModel"), {"event": "click"})
    assert fresh.finish(msg_id).result == "'pressed'"


INTERACT = "import { interact, slider, checkbox } from 'estimand';\n"


def test_interact_runs_at_once_and_again_with_each_value(fresh):
    page = Page(fresh)
    ran = page.run(
        INTERACT + "interact(({ a, b }) => { console.log(`a=${a}`); return { b }; }, { a: slider(0, 1, { value: 0 }), b: checkbox() })"
    )
    assert [m["msg_type"] for m in ran.outputs].count("display_data") == 1
    out, a = page.one("OutputModel"), page.one("FloatSliderModel")
    page.until(lambda: page.text(out) == "a=0\n\n{ b: false }")
    assert page.states[a]["description"] == "a"
    page.update(a, value=0.5)
    page.until(lambda: page.text(out) == "a=0.5\n\n{ b: false }")
    page.update(page.one("CheckboxModel"), value=True)
    page.until(lambda: page.text(out) == "a=0.5\n\n{ b: true }")


def test_interact_runs_at_most_20_times_a_second_and_ends_with_the_last_value(fresh):
    page = Page(fresh)
    page.run(INTERACT + "const begun: number[] = [];\ninteract(({ a }) => { begun.push(performance.now()); return a; }, { a: slider(0, 1000, { value: 0 }) })")
    out, a = page.one("OutputModel"), page.one("FloatSliderModel")
    for i in range(1, 301):
        data = {"method": "update", "state": {"value": i}, "buffer_paths": []}
        send(fresh, "comm_msg", {"comm_id": a, "data": data})
    page.until(lambda: page.text(out) == "300")
    # 50 ms from one request to the next; a busy machine may let more time pass before one run than before the other.
    assert fresh.value("Math.min(...begun.slice(1).map((t, i) => t - begun[i]!)) > 40") == "true"
    assert int(fresh.value("begun.length")) < 300


def test_interact_awaits_an_async_function_and_never_runs_it_twice_at_a_time(fresh):
    page = Page(fresh)
    page.run(
        INTERACT + "let inside = 0, most = 0;\n"
        "interact(async ({ a }) => { most = Math.max(most, ++inside); await new Promise((r) => setTimeout(r, 80)); inside--; return a; },"
        " { a: slider(0, 100, { value: 1 }) })"
    )
    out, a = page.one("OutputModel"), page.one("FloatSliderModel")
    for i in range(2, 12):
        page.update(a, value=i)
    page.until(lambda: page.text(out) == "11")
    assert fresh.value("most") == "1"


def test_interact_shows_what_its_function_prints_as_it_comes(fresh):
    page = Page(fresh)
    page.run(
        INTERACT + "let release = () => {};\n"
        "interact(async ({ a }) => { console.log('begun', a); await new Promise<void>((r) => { release = r; }); return 'over'; },"
        " { a: slider(0, 10, { value: 1 }) })"
    )
    out, a = page.one("OutputModel"), page.one("FloatSliderModel")
    page.until(lambda: page.text(out) == "begun 1\n")
    page.run("release()")
    page.until(lambda: page.text(out) == "begun 1\n\n'over'")
    page.update(a, value=2)
    page.until(lambda: page.text(out) == "begun 2\n")
    page.run("release()")
    page.until(lambda: page.text(out).endswith("'over'"))


def test_interact_shows_what_a_computation_prints_while_it_computes(fresh):
    page = Page(fresh)
    page.run(
        INTERACT + "interact(({ a }) => { if (a > 5) { for (;;) console.log('still at it'); } return a; }, { a: slider(0, 10, { value: 1 }) })"
    )
    out, a = page.one("OutputModel"), page.one("FloatSliderModel")
    page.until(lambda: page.text(out) == "1")
    send(fresh, "comm_msg", {"comm_id": a, "data": {"method": "update", "state": {"value": 6}}})
    page.until(lambda: page.text(out).startswith("still at it"))
    fresh.interrupt()
    page.until(lambda: "Interrupted" in page.text(out))


def test_interact_shows_errors_in_place_and_goes_on(fresh):
    page = Page(fresh)
    page.run(INTERACT + "interact(({ a }) => { if (a > 5) throw new RangeError('too far'); return a; }, { a: slider(0, 10, { value: 1 }) })")
    out, a = page.one("OutputModel"), page.one("FloatSliderModel")
    page.until(lambda: page.text(out) == "1")
    page.update(a, value=6)
    page.until(lambda: page.text(out) == "RangeError: too far")
    page.update(a, value=3)
    page.until(lambda: page.text(out) == "3")


def test_an_endless_run_is_interrupted_and_interact_goes_on(fresh):
    page = Page(fresh)
    page.run(
        INTERACT + "import { openComm } from 'estimand';\n"
        "interact(({ a }) => { if (a > 5) { openComm('loops'); while (true) {} } return a; }, { a: slider(0, 10, { value: 1 }) })"
    )
    out, a = page.one("OutputModel"), page.one("FloatSliderModel")
    page.until(lambda: page.text(out) == "1")
    send(fresh, "comm_msg", {"comm_id": a, "data": {"method": "update", "state": {"value": 6}}})
    fresh.published(lambda m: m["msg_type"] == "comm_open" and m["content"]["target_name"] == "loops")
    fresh.interrupt()
    page.until(lambda: page.text(out).startswith("Interrupted"))
    page.update(a, value=2)
    page.until(lambda: page.text(out) == "2")


def test_a_closed_widget_leaves_the_front_end(fresh):
    page = Page(fresh)
    page.run("import { slider } from 'estimand'; const a = slider(0, 1); a")
    ran = page.run("a.close()")
    assert [m["msg_type"] for m in ran.outputs] == ["comm_close"]
    page.run("a")
    assert page.one("FloatSliderModel")
