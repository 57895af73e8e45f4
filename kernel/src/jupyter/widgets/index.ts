/**
 * Widgets: controls in a notebook that speak the ipywidgets protocol to any front end that knows it. Nothing here
 * imports Node: it reaches the notebook through the host.
 */
export { checkbox, type Field, type Select, select, textInput } from './choices.ts';
export { type Controls, type Interaction, type InteractValues, interact, interactive } from './interact.ts';
export { type OutputArea, outputArea } from './output-area.ts';
export { integerSlider, type Slider, type SliderOptions, slider } from './slider.ts';
export { type Box, type Button, type ButtonOptions, button, hbox, htmlLabel, label, vbox } from './views.ts';
export { type Control, type Layout, Widget, type WidgetOptions } from './widget.ts';
