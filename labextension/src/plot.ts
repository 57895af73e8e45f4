/**
 * One Plotly picture in one element: loaded lazily, drawn once per animation frame at most, never wider than its
 * place, redrawn in place.
 */
import type { Config, Data, Layout } from 'plotly.js';
import { element } from './dom.ts';
import type { Theme } from './theme.ts';

export interface Picture {
  readonly data: Data[];
  readonly layout: Partial<Layout>;
  /** Height in px. */
  readonly height: number;
  /** What the picture shows, in words. */
  readonly description: string;
}

const config: Partial<Config> = {
  displayModeBar: false,
  displaylogo: false,
  responsive: false,
  logging: 0,
  doubleClick: 'reset',
};

const load = () => import('./plotly.ts').then((module) => module.default);

const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

export class Plot {
  readonly node: HTMLDivElement = element('div', { role: 'img', class: 'estimand-Plot' }, []);
  readonly #failed: (problem: string) => void;
  #picture: Picture | undefined;
  #theme: Theme | undefined;
  #pending = false;
  #drawn = false;
  #disposed = false;

  constructor(failed: (problem: string) => void) {
    this.#failed = failed;
  }

  /** Draw this picture at the next frame; of several in one frame only the last is drawn. */
  draw(picture: Picture, theme: Theme): void {
    this.#picture = picture;
    this.#theme = theme;
    delete this.node.dataset.drawn;
    this.node.setAttribute('aria-label', picture.description);
    this.node.style.height = `${picture.height}px`;
    if (this.#pending || this.#disposed) return;
    this.#pending = true;
    this.#drawLatest()
      .catch((error: unknown) => this.#failed(`drawing failed: ${String(error)}`))
      .finally(() => {
        this.#pending = false;
      });
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#drawn) void load().then((Plotly) => Plotly.purge(this.node));
  }

  /** One drawing at a time; what was asked for meanwhile is drawn after it. */
  async #drawLatest(): Promise<void> {
    const [Plotly] = await Promise.all([load(), nextFrame()]);
    let picture: Picture | undefined;
    let patience = 60;
    while (picture !== this.#picture && !this.#disposed) {
      const width = this.node.clientWidth;
      if (width === 0) {
        // Hidden: it is drawn when it is shown. While JupyterLab changes its theme, nothing has a size for some frames.
        patience -= 1;
        if (patience === 0) return;
        await nextFrame();
        continue;
      }
      picture = this.#picture!;
      await Plotly.react(this.node, picture.data, { ...picture.layout, width, height: picture.height }, config);
      this.#drawn = true;
    }
    // Says that what was asked for last is there, and in which theme's colours.
    if (!this.#disposed) this.node.dataset.drawn = this.#theme?.light ? 'light' : 'dark';
  }
}

/** The layout every picture starts from. */
export function baseLayout(theme: Theme): Partial<Layout> {
  return {
    paper_bgcolor: 'rgba(0, 0, 0, 0)',
    plot_bgcolor: 'rgba(0, 0, 0, 0)',
    font: { family: theme.font, size: 12, color: theme.ink },
    margin: { l: 52, r: 12, t: 8, b: 34 },
    showlegend: false,
    hovermode: 'closest',
    dragmode: 'zoom',
    hoverlabel: { font: { family: theme.font, size: 12 } },
  };
}

/** What every axis starts from. */
export function baseAxis(theme: Theme): Partial<Layout['xaxis']> {
  return {
    gridcolor: theme.grid,
    linecolor: theme.soft,
    zeroline: false,
    tickfont: { size: 11, color: theme.soft },
    exponentformat: 'power',
    automargin: true,
    separatethousands: false,
  };
}

/**
 * Text that Plotly shows as it stands: it reads a little HTML, entities, `$…$` mathematics and `%{…}` templates.
 */
export function plotlyText(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\$/g, '&#36;')
    .replace(/%\{/g, '%&#123;')
    .replace(/[\r\n]+/g, ' ');
}

/** The same for a tick: a long name is cut, for the picture itself needs the width. */
export function tickText(text: string): string {
  const characters = [...text];
  return plotlyText(characters.length > 36 ? `${characters.slice(0, 35).join('')}…` : text);
}
