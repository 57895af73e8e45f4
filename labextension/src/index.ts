/**
 * The JupyterLab plugin: renderers for Estimand's figures, redrawn when the theme changes.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IThemeManager } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { mimeTypes } from 'estimand/figure/types';
import { comparisonView } from './comparison-view.ts';
import { historyView } from './history-view.ts';
import { landscapeView } from './landscape-view.ts';
import { posteriorView } from './posterior-view.ts';
import { FigureRenderer, type FigureType } from './renderer.ts';
import { validateComparison, validateHistory, validateLandscape, validatePosterior } from './validate.ts';

/** Before PNG (90), Markdown (60) and HTML (50): where the extension is, it draws. */
const rank = 10;

const plugin: JupyterFrontEndPlugin<void> = {
  id: '@estimand/labextension:figures',
  description: 'Draws posteriors, landscapes, comparisons of estimates and histories of training.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [IThemeManager],
  activate: (_app: JupyterFrontEnd, rendermime: IRenderMimeRegistry, themes: IThemeManager | null) => {
    const alive = new Set<{ redraw(): void }>();
    themes?.themeChanged.connect(() => {
      for (const renderer of alive) renderer.redraw();
    });
    const add = <Data>(mimeType: string, type: FigureType<Data>) =>
      rendermime.addFactory(
        {
          // It draws validated data and runs nothing, so it may draw in untrusted notebooks too.
          safe: true,
          mimeTypes: [mimeType],
          createRenderer: () => new FigureRenderer(mimeType, type, alive),
        },
        rank,
      );
    add(mimeTypes.posterior, { validate: validatePosterior, view: posteriorView });
    add(mimeTypes.landscape, { validate: validateLandscape, view: landscapeView });
    add(mimeTypes.comparison, { validate: validateComparison, view: comparisonView });
    add(mimeTypes.history, { validate: validateHistory, view: historyView });
  },
};

export default plugin;
