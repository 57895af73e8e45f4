/**
 * How each kind of result is drawn, told to `host/display` and to `figure()` when the library is loaded.
 */
import { markdownTable } from '../data/table.ts';
import { summarise } from '../diagnose/summary.ts';
import type { Comparison, Estimate, Posterior, Table } from '../estimate/index.ts';
import { compare } from '../estimate/index.ts';
import { type Displayable, registerRenderer } from '../host/display.ts';
import type { HypothesisTest } from '../hypothesis/index.ts';
import type { Landscape } from '../landscape/index.ts';
import type { History, Network } from '../nets/index.ts';
import { boundsOf } from './bounds.ts';
import { comparisonFigure } from './comparison.ts';
import { comparisonPicture } from './comparison-picture.ts';
import { figure, figureBundle, registerDrawing } from './figure.ts';
import { historyFigure } from './history.ts';
import { historyPicture } from './history-picture.ts';
import { landscapeFigure } from './landscape.ts';
import { landscapePicture } from './landscape-picture.ts';
import { type DrawnPosterior, posteriorFigure } from './posterior.ts';
import { posteriorPicture } from './posterior-picture.ts';
import { markdownOf, plainParagraph } from './text-tables.ts';

registerDrawing('posterior', {
  data: (posterior: Posterior) => {
    const { statistics, warnings, model } = posterior;
    // Of a model that is not known here, the type checker cannot say which parameters it has.
    const draws = posterior.draws as DrawnPosterior['draws'];
    return posteriorFigure({ draws, statistics, warnings, summary: () => posterior.summary() }, boundsOf(model));
  },
  picture: posteriorPicture,
});
registerDrawing('landscape', { data: (landscape: Landscape) => landscapeFigure(landscape), picture: landscapePicture });
registerDrawing('comparison', {
  data: (comparison: Comparison) => comparisonFigure(comparison),
  picture: comparisonPicture,
});
registerDrawing('history', { data: (history: History) => historyFigure(history), picture: historyPicture });
registerDrawing('estimate', {
  data: (estimate: Estimate) => comparisonFigure(compare({ [estimate.method.toUpperCase()]: estimate })),
  picture: comparisonPicture,
});

// An interrupted run may have no draw to show.
registerRenderer('posterior', async (posterior: Posterior) => {
  if (posterior.drawsPerChain === 0) return { 'text/plain': String(posterior) };
  await summarise(posterior); // with pauses: the figure asks for it at once
  return figureBundle(figure(posterior));
});
registerRenderer('landscape', (landscape: Landscape) => figureBundle(figure(landscape)));
// A run that was stopped in its first epoch has no curve.
registerRenderer('history', (history: History) =>
  history.rows.length > 0 ? figureBundle(figure(history)) : { 'text/plain': String(history) },
);
registerRenderer('comparison', (comparison: Comparison) => figureBundle(figure(comparison)));

type AnyTable = Table<{ readonly name: string }>;

// Markdown: shown in trusted and untrusted notebooks, by nbconvert, VS Code and GitHub, and it carries no script.
registerRenderer('table', (table: AnyTable) => tableBundle(table));
registerRenderer('network', (net: Network) => tableBundle(net.summary()));
registerRenderer('estimate', (estimate: Estimate) => {
  const text = String(estimate);
  const table = estimate.summary();
  // The words around the table, as the plain text has them.
  const [title = '', ...rest] = text.split('\n');
  const words = rest.slice(1 + table.rows.length);
  return {
    'text/markdown': [plainParagraph(title), markdownTable(table.head, table.cells), ...words.map(plainParagraph)].join(
      '\n\n',
    ),
    'text/plain': text,
  };
});

/** Results that are words and tables. */
const written = [
  'linear-fit',
  'generalised-fit',
  'likelihood-fit',
  'multinomial-fit',
  'robust-fit',
  'mixed-fit',
  'generalised-mixed-fit',
  'cox-fit',
  'least squares',
  'anova',
  'nested-models',
  'deviance-table',
  'penalised-path',
  'marginal-means',
  'pairwise-differences',
  'survival-curve',
  'bootstrap',
  'coverage',
  'profile',
  'nested test',
  'bayesian-test',
] as const;
for (const kind of written) {
  registerRenderer(kind, (result: Displayable) => {
    const text = String(result);
    return { 'text/markdown': markdownOf(text), 'text/plain': text };
  });
}

registerRenderer('hypothesis-test', (test: HypothesisTest) => {
  const title = [test.method, test.null].map(plainParagraph).join('\\\n');
  const table = markdownTable(['', ''], test.rows);
  return {
    'text/markdown': [title, table, ...test.notes.map(plainParagraph)].join('\n\n'),
    'text/plain': String(test),
  };
});

function tableBundle(table: Pick<AnyTable, 'head' | 'cells' | 'notes'>) {
  return {
    'text/markdown': [markdownTable(table.head, table.cells), ...table.notes.map(plainParagraph)].join('\n\n'),
    'text/plain': String(table),
  };
}
