import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jupyterDisplay } from '#kernel/host/display';
import { installHost } from '#kernel/host/host';
import { Comms, type CommTraffic } from '#kernel/jupyter/comms/comms';
import {
  button,
  checkbox,
  hbox,
  htmlLabel,
  integerSlider,
  label,
  select,
  slider,
  textInput,
  vbox,
} from '#kernel/jupyter/widgets/index';

/** A front end that only listens. */
let sent: CommTraffic[] = [];
let comms: Comms;
beforeEach(() => {
  sent = [];
  comms = new Comms((traffic) => sent.push(traffic));
  installHost({ display: () => ({ update: () => {} }), signal: () => undefined, comms });
});
afterEach(() => installHost(undefined));

const states = () => sent.filter(({ type }) => type === 'comm_open').map(({ content }) => content.data as never);
function receive(id: string, data: object): void {
  comms.receive({ type: 'comm_msg', content: { comm_id: id, data }, metadata: {}, buffers: [] });
}

describe('a widget', () => {
  it('is known to the front end from its first display on, once', () => {
    const a = slider(0, 1);
    expect(sent).toEqual([]);
    a[jupyterDisplay]();
    a[jupyterDisplay]();
    expect(states()).toHaveLength(3);
  });

  it.each([
    [slider(0, 1), 'FloatSlider', { min: 0, max: 1, step: 0.01, value: 0.5 }],
    [integerSlider(1, 4), 'IntSlider', { min: 1, max: 4, step: 1, value: 3 }],
    [select(['x', 'y'], { value: 'y' }), 'Dropdown', { _options_labels: ['x', 'y'], index: 1 }],
    [checkbox(true), 'Checkbox', { value: true, indent: false }],
    [textInput('t', { placeholder: 'p' }), 'Text', { value: 't', placeholder: 'p' }],
    [button('go'), 'Button', { description: 'go', button_style: '' }],
    [label('l'), 'Label', { value: 'l' }],
    [htmlLabel('<b>h</b>'), 'HTML', { value: '<b>h</b>' }],
  ])('%s opens as ipywidgets 8.1.9 opens its own', (widget, name, state) => {
    widget[jupyterDisplay]();
    expect(states().at(-1)).toMatchObject({
      state: {
        _model_name: `${name}Model`,
        _view_name: `${name}View`,
        _model_module: '@jupyter-widgets/controls',
        _model_module_version: '2.0.0',
        ...state,
      },
      buffer_paths: [],
    });
  });

  it('in a box is opened before it, also when it is put there later', () => {
    const box = hbox([label('a')]);
    box[jupyterDisplay]();
    const late = label('late');
    box.children = [late];
    const types = sent.map(
      ({ type, content }) => `${type} ${(content.data as { state: { value?: string } }).state.value ?? ''}`,
    );
    expect(types.slice(-2)).toEqual(['comm_open late', 'comm_msg ']);
    expect(sent.at(-1)!.content.data).toMatchObject({ state: { children: [`IPY_MODEL_${late.model.id}`] } });
  });

  it('works without a notebook', () => {
    installHost(undefined);
    const a = slider(0, 1);
    const heard = vi.fn();
    a.onChange(heard);
    a.value = 0.75;
    expect(heard).toHaveBeenCalledExactlyOnceWith(0.75);
    expect(a[jupyterDisplay]()['text/plain']).toBe('FloatSlider(0.75)');
    expect(String(vbox([a, button('b'), checkbox()]))).toBe('VBox(FloatSlider(0.75), Button(b), Checkbox(false))');
  });

  it('tells of each change once, and of none after it was told to stop', () => {
    const a = slider(0, 10);
    const heard = vi.fn();
    const stop = a.onChange(heard);
    a[jupyterDisplay]();
    receive(a.model.id, { method: 'update', state: { value: 1 } });
    receive(a.model.id, { method: 'update', state: { value: 1 } });
    a.value = 1;
    stop();
    a.value = 2;
    expect(heard.mock.calls).toEqual([[1]]);
  });

  it.each([
    ['NaN', { value: Number.NaN }],
    ['text', { value: '3' }],
    ['an object', { value: {} }],
    ['a property that is not its own', { toString: 'x', unknown: 1 }],
    ['its own limits', { min: -100 }],
  ])('takes no %s from the front end', (_, state) => {
    const a = slider(0, 10, { value: 5 });
    a[jupyterDisplay]();
    receive(a.model.id, { method: 'update', state });
    expect([a.value, a.model.get('min'), a.model.get('unknown')]).toEqual([5, 0, undefined]);
  });

  it('rounds what the front end has added up, and does not correct it for that', () => {
    const a = slider(-3, 3, { step: 0.5 });
    a[jupyterDisplay]();
    sent = [];
    receive(a.model.id, { method: 'update', state: { value: 2.000000000000001 } });
    expect(a.value).toBe(2);
    expect(sent.map(({ content }) => (content.data as { method: string }).method)).toEqual(['echo_update']);
  });

  it('survives messages of any shape', () => {
    const a = slider(0, 10, { value: 5 });
    a[jupyterDisplay]();
    for (const data of [
      {},
      { method: 'eval' },
      { method: 'update' },
      { method: 'update', state: [1] },
      { method: 'custom' },
    ])
      receive(a.model.id, data);
    expect(a.value).toBe(5);
  });
});

describe('what cannot be', () => {
  it.each([
    [() => slider(1, 0), 'expected minimum < maximum'],
    [() => slider(0, Number.NaN), 'expected minimum < maximum'],
    [() => slider(0, 1, { value: 2 }), 'value must be a number from 0 to 1; got 2'],
    [() => slider(0, 1, { step: 0 }), 'step must be positive'],
    [() => integerSlider(0, 2.5), 'must be integers; use slider'],
    [() => integerSlider(0, 5, { value: 1.5 }), 'value must be an integer'],
    [() => select([]), 'at least one choice'],
    [() => select(['a'], { value: 'b' as 'a' }), 'b is not among the choices'],
  ])('is refused at once: %s', (make, text) => {
    expect(make).toThrow(text);
  });
});
