/**
 * One output's widget: validates what it is given, keeps one view and updates it, and falls back to the bundle's
 * PNG or text, with a plain message, when the data cannot be drawn. Nothing here throws or writes to the console.
 */
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { element } from './dom.ts';

/** What draws one figure inside its node. */
export interface View<Data> {
  readonly node: HTMLElement;
  /** Draw new data, keeping the reader's choices (tab, parameters) where they still make sense. */
  update(data: Data): void;
  /** Draw again, because the size or the colours have changed. */
  redraw(): void;
  dispose(): void;
}

/** Either data of the right shape, or why not, in words for the reader. */
export type Validated<Data> = { readonly data: Data } | { readonly problem: string };

export interface FigureType<Data> {
  validate(json: unknown): Validated<Data>;
  /** `failed` is called when a picture cannot be drawn. */
  view(failed: (problem: string) => void): View<Data>;
}

export class FigureRenderer<Data> extends Widget implements IRenderMime.IRenderer {
  readonly #mimeType: string;
  readonly #type: FigureType<Data>;
  readonly #alive: Set<{ redraw(): void }>;
  readonly #resized: ResizeObserver;
  #view: View<Data> | undefined;
  #model: IRenderMime.IMimeModel | undefined;
  #width = 0;

  constructor(mimeType: string, type: FigureType<Data>, alive: Set<{ redraw(): void }>) {
    super();
    this.addClass('estimand-Figure');
    this.node.dataset.mimeType = mimeType;
    this.#mimeType = mimeType;
    this.#type = type;
    this.#alive = alive;
    alive.add(this);
    this.#resized = new ResizeObserver(([entry]) => {
      const width = Math.round(entry?.contentRect.width ?? 0);
      if (width === this.#width) return;
      this.#width = width;
      this.redraw();
    });
    this.#resized.observe(this.node);
  }

  /** May be called many times on one widget: `update_display_data` gives it a new model. */
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    if (this.isDisposed) return;
    this.#model = model;
    const validated = this.#type.validate(model.data[this.#mimeType]);
    if ('problem' in validated) {
      this.#fallBack(validated.problem);
      return;
    }
    try {
      if (!this.#view) {
        this.#view = this.#type.view((problem) => this.#fallBack(problem));
        this.node.replaceChildren(this.#view.node);
      }
      this.#view.update(validated.data);
    } catch (error) {
      this.#fallBack(`drawing failed: ${String(error)}`);
    }
  }

  redraw(): void {
    try {
      if (this.#width > 0) this.#view?.redraw();
    } catch (error) {
      this.#fallBack(`drawing failed: ${String(error)}`);
    }
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#alive.delete(this);
    this.#resized.disconnect();
    this.#view?.dispose();
    this.#view = undefined;
    super.dispose();
  }

  #fallBack(problem: string): void {
    if (this.isDisposed) return;
    this.#view?.dispose();
    this.#view = undefined;
    const png = this.#model?.data['image/png'];
    const plain = this.#model?.data['text/plain'];
    const text = Array.isArray(plain) ? plain.join('') : typeof plain === 'string' ? plain : '';
    const children: HTMLElement[] = [
      element('p', { class: 'estimand-Problem', role: 'note' }, [
        `This figure cannot be drawn interactively: ${problem}. Run the cell again, or update Estimand.`,
      ]),
    ];
    const base64 = typeof png === 'string' ? png.replace(/\s/g, '') : '';
    if (base64 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
      children.push(element('img', { src: `data:image/png;base64,${base64}`, alt: text.slice(0, 2000) }, []));
    } else if (text) children.push(element('pre', {}, [text]));
    this.node.replaceChildren(...children);
  }
}
