/**
 * Colours and type of the page the figure stands on, read from JupyterLab's CSS variables at each drawing.
 */

import { palette as onLight } from 'estimand/figure/colours';

export interface Theme {
  readonly light: boolean;
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly background: string;
  readonly font: string;
  /** Colours of series: the kernel's on light pages, lighter ones of the same hues on dark pages. */
  readonly palette: readonly string[];
  /** Shades of a landscape from its top to its foot. */
  readonly shades: readonly string[];
}

export const onDark = ['#56B4E9', '#F08A4B', '#2CC79A', '#E39BC6', '#F2B233', '#9CD3F7', '#C9CDD6'];
const shadesOnLight = ['#084081', '#2b8cbe', '#7bbbdd', '#c6deef', '#f4f8fc'];
const shadesOnDark = ['#62b0e0', '#3c8fc6', '#2970a6', '#184a78', '#10233a'];

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const read = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  const light = document.body.dataset.jpThemeLight !== 'false';
  return {
    light,
    ink: read('--jp-content-font-color1', light ? '#212121' : '#ffffff'),
    soft: read('--jp-content-font-color2', light ? '#616161' : '#bdbdbd'),
    grid: read('--jp-border-color2', light ? '#e0e0e0' : '#424242'),
    background: read('--jp-layout-color0', light ? '#ffffff' : '#111111'),
    font: read('--jp-ui-font-family', 'sans-serif'),
    palette: light ? onLight : onDark,
    shades: light ? shadesOnLight : shadesOnDark,
  };
}

/** Colour of the i-th series. */
export function seriesColour(theme: Theme, i: number): string {
  return theme.palette[i % theme.palette.length]!;
}

/** Dash of the i-th series: after each round of colours another, so that colour is never the only sign. */
export function seriesDash(theme: Theme, i: number): 'solid' | 'dash' | 'dot' {
  return (['solid', 'dash', 'dot'] as const)[Math.floor(i / theme.palette.length) % 3]!;
}

/** A colour with an opacity, for both of the notations JupyterLab's themes use. */
export function withOpacity(colour: string, opacity: number): string {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!hex) return colour;
  return `rgba(${[hex[1], hex[2], hex[3]].map((part) => Number.parseInt(part!, 16)).join(', ')}, ${opacity})`;
}
