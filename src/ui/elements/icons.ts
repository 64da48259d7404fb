import { type SVGTemplateResult, svg } from 'lit';

const icon = (path: SVGTemplateResult): SVGTemplateResult => svg`<svg
  viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.6"
  stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${path}</svg>`;

export const downloadIcon = icon(svg`<path d="M10 3v9m-3.5-3.5L10 12l3.5-3.5M4 15.5h12" />`);
export const copyIcon = icon(
  svg`<rect x="7" y="7" width="9" height="9" rx="1.5" /><path d="M4 12.5V5.5A1.5 1.5 0 0 1 5.5 4h7" />`,
);
export const pinIcon = icon(svg`<path d="M7 3.5h6l-.8 5 2.3 2.5v1H5.5v-1l2.3-2.5zM10 12v5" />`);
export const closeIcon = icon(svg`<path d="M5.5 5.5l9 9m0-9l-9 9" />`);
export const previousIcon = icon(svg`<path d="M12 5l-5 5 5 5" />`);
export const nextIcon = icon(svg`<path d="M8 5l5 5-5 5" />`);
