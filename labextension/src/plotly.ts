/**
 * plotly.js with the traces we use and no others: its own chunk, loaded when the first figure is drawn.
 */
import bar from 'plotly.js/lib/bar';
import contour from 'plotly.js/lib/contour';
import Plotly from 'plotly.js/lib/core';

Plotly.register([bar, contour]); // scatter is part of the core

export default Plotly;
