"""Display helpers: markup, pictures, tables, progress, and what other libraries offer."""

import pytest

IMPORT = "import { html, jpeg, json, latex, markdown, png, svg, progress, clearOutput, display as show } from 'estimand';\n"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def bundle(shared, code):
    ran = shared.run(IMPORT + code)
    assert ran.status == "ok", ran.error["text"]
    assert ran.text("stderr") == ""
    (result,) = ran.of("execute_result")
    return result


@pytest.mark.parametrize(
    ("code", "media", "data", "plain"),
    [
        ("html('<b>x</b> &lt; y')", "text/html", "<b>x</b> &lt; y", "x < y"),
        ("html`<i>${'<script>'}</i>`", "text/html", "<i>&lt;script&gt;</i>", "<script>"),
        ("html`<ul>${['a', 'b'].map((x) => html`<li>${x}</li>`)}</ul>`", "text/html", "<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("markdown`**${1 + 1}**`", "text/markdown", "**2**", "**2**"),
        ("latex`\\hat\\mu`", "text/latex", "$$\\hat\\mu$$", "\\hat\\mu"),
        ("latex('$a$')", "text/latex", "$a$", "$a$"),
        ("svg('<svg><title>Dot</title></svg>')", "image/svg+xml", "<svg><title>Dot</title></svg>", "Dot"),
        (f"png('{PNG}', {{ alt: 'a dot' }})", "image/png", PNG, "a dot"),
        (f"png(Buffer.from('{PNG}', 'base64'))", "image/png", PNG, "[PNG picture]"),
        ("jpeg(new Uint8Array([255, 216]))", "image/jpeg", "/9g=", "[JPEG picture]"),
        ("json({ a: [1] })", "application/json", {"a": [1]}, '{\n  "a": [\n    1\n  ]\n}'),
    ],
)
def test_a_helper_gives_its_media_type_and_plain_text(shared, code, media, data, plain):
    result = bundle(shared, code)
    assert result["data"] == {media: data, "text/plain": plain}


def test_sizes_and_states_go_into_the_metadata(shared):
    assert bundle(shared, f"png('{PNG}', {{ width: 40 }})")["metadata"] == {"image/png": {"width": 40}}
    assert bundle(shared, "json([1], { expanded: true })")["metadata"] == {"application/json": {"expanded": True}}


def test_bytes_that_are_no_png_are_refused(shared):
    assert "expected the bytes of a PNG" in shared.run(IMPORT + "png(new Uint8Array([1, 2]))").error["evalue"]


def test_the_imported_display_is_shown_updated_and_cleared(shared):
    ran = shared.run(IMPORT + "const d = show(html`<b>1</b>`, { id: 'd1' }); d.update(2); d.clear(); undefined")
    (first,) = ran.of("display_data")
    second, third = ran.of("update_display_data")
    assert first["data"]["text/html"] == "<b>1</b>"
    assert {m["transient"]["display_id"] for m in (first, second, third)} == {"d1"}
    assert second["data"] == {"text/plain": "2"}
    assert third["data"] == {"text/plain": ""}


def test_the_imported_clear_output_is_sent(shared):
    assert shared.run(IMPORT + "clearOutput(true)").of("clear_output") == [{"wait": True}]


def test_an_array_of_objects_is_a_table(shared):
    data = bundle(shared, "[{ name: 'A|B', n: 1 }, { name: '<b>', n: 2.5, extra: true }]")["data"]
    assert data["text/plain"].split("\n") == ["name    n  extra", "A|B     1", "<b>   2.5   true", "2 rows, 3 columns"]
    assert "| A\\|B | 1 |  |" in data["text/markdown"]
    assert "&lt;b&gt;" in data["text/markdown"]


def test_typed_columns_are_a_table(shared):
    data = bundle(shared, "({ x: Float64Array.of(1, 2), who: ['a', 'b'] })")["data"]
    assert data["text/plain"] == "x  who\n1    a\n2    b\n2 rows, 2 columns"
    assert "text/markdown" in bundle(shared, "import { penguins } from 'estimand'; ({ ...penguins() })")["data"]


def test_long_and_wide_tables_are_cut_with_a_note(shared):
    plain = bundle(shared, "Array.from({ length: 1e5 }, (_, i) => ({ i, text: 'x'.repeat(1000) }))")["data"]["text/plain"]
    assert plain.endswith("100000 rows, 2 columns; the first 20 rows are shown")
    assert len(plain) < 3000
    wide = bundle(shared, "[Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, i]))]")["data"]["text/plain"]
    assert wide.endswith("1 row, 50 columns; the first 20 columns are shown")


@pytest.mark.parametrize("code", ["[{ a: { b: 1 } }]", "[1, { a: 1 }]", "[{}]", "({ a: [1], b: [2] })", "({ a: 1 })", "[]"])
def test_what_is_no_table_stays_text(shared, code):
    assert list(bundle(shared, code)["data"]) == ["text/plain"]


def test_progress_shows_how_far_a_loop_is(shared):
    ran = shared.run(
        IMPORT + "for (const x of progress([1, 2, 3, 4, 5], { label: 'fits' })) await new Promise((r) => setTimeout(r, 120));"
    )
    (first,) = ran.of("display_data")
    assert first["data"]["text/plain"].startswith("fits ▓")
    last = ran.of("update_display_data")[-1]["data"]["text/plain"]
    assert last.startswith("fits ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 5 of 5, 0.")


def test_progress_of_a_short_loop_says_nothing(shared):
    ran = shared.run(IMPORT + "let sum = 0; for (const x of progress(new Set([1, 2]))) sum += x; sum")
    assert ran.result == "3"
    assert ran.of("display_data") == []


def test_progress_tells_that_a_loop_was_left(shared):
    ran = shared.run(
        IMPORT + "async function* forever() { for (let i = 0; ; i++) { await new Promise((r) => setTimeout(r, 100)); yield i } }\n"
        "for await (const i of progress(forever())) if (i > 5) break;"
    )
    assert ran.of("update_display_data")[-1]["data"]["text/plain"].endswith(", stopped")


def test_an_svg_element_is_a_drawing(shared):
    # What Observable Plot gives with any document: an element with outerHTML.
    data = bundle(shared, "({ nodeName: 'svg', outerHTML: '<svg class=\"plot\"><title>Heights</title></svg>' })")["data"]
    assert data["image/svg+xml"] == '<svg xmlns="http://www.w3.org/2000/svg" class="plot"><title>Heights</title></svg>'
    assert data["text/plain"] == "Heights"


def test_an_html_element_is_html(shared):
    # Plot with a legend or a title is a figure around its svg.
    data = bundle(shared, "({ nodeName: 'FIGURE', outerHTML: '<figure><h2>Title</h2><svg></svg></figure>' })")["data"]
    assert data == {"text/html": "<figure><h2>Title</h2><svg></svg></figure>", "text/plain": "Title"}


def test_a_canvas_is_a_picture(shared):
    data = bundle(shared, f"({{ toDataURL: () => 'data:image/png;base64,{PNG}' }})")["data"]
    assert data["image/png"] == PNG


def test_a_vega_lite_chart_is_its_specification(shared):
    schema = "https://vega.github.io/schema/vega-lite/v5.json"
    data = bundle(shared, f"({{ toSpec: () => ({{ $schema: '{schema}', mark: 'bar' }}) }})")["data"]
    assert data["application/vnd.vegalite.v5+json"] == {"$schema": schema, "mark": "bar"}
    assert data["text/plain"]


def test_a_data_frame_that_makes_html_is_html(shared):
    data = bundle(shared, "({ toHTML: () => '<table><tr><td>1</td><td>2</td></tr></table>' })")["data"]
    assert data == {"text/html": "<table><tr><td>1</td><td>2</td></tr></table>", "text/plain": "1  2"}


def test_an_arrow_table_is_a_table(shared):
    data = bundle(
        shared,
        "class ArrowTable { schema = { fields: [{ name: 'id' }, { name: 'city' }] }; numRows = 2;\n"
        "  getChild(name: string) { return { get: (i: number) => (name === 'id' ? BigInt(i) : ['Rome', 'Oslo'][i]) } } }\n"
        "new ArrowTable()",
    )["data"]
    assert data["text/plain"] == "id  city\n0   Rome\n1   Oslo\n2 rows, 2 columns"


def test_hostile_values_are_survived(shared):
    for code in (
        "({ get outerHTML() { throw new Error('no') } })",
        "({ toHTML() { throw new Error('no') } })",
        "[{ get a() { throw new Error('no') } }]",
        "new Proxy({}, { get() { throw new Error('no') }, ownKeys() { throw new Error('no') } })",
    ):
        assert "text/plain" in bundle(shared, code)["data"]


def test_an_arrow_vector_is_its_type_and_values(shared):
    # What apache-arrow 21 gives as a column of a table.
    vector = "{ type: { toString: () => 'Float64' }, length: %s, get: (i: number) => i / 2, isValid: () => true }"
    assert shared.value("(" + vector % 3 + ")") == "Vector<Float64>(3) [ 0, 0.5, 1 ]"
    assert shared.value("(" + vector % 500 + ")").endswith("… cut: 400 more values")
