import { html, type TemplateResult } from 'lit';
import type { Choice } from '../../../app/show/link-params.ts';

/** A list of a parameter's values in the toolbar; `name` says a value in words. */
export const choiceControl = <T>(
  label: string,
  { values, parse, format }: Choice<T>,
  chosen: T,
  name: (value: T) => string,
  change: (value: T) => void,
): TemplateResult => html`<label class="field">${label}
  <select @change=${(event: Event) => {
    const value = parse((event.target as HTMLSelectElement).value, '');
    if (value !== undefined) change(value);
  }}>
    ${values.map((value) => html`<option value=${format(value)} ?selected=${value === chosen}>${name(value)}</option>`)}
  </select></label>`;
