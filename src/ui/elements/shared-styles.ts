import { css, unsafeCSS } from 'lit';
import controls from '../../styles/controls.css?inline';

/** Focus ring, buttons and small type, the same in every element. Colours come from the page's tokens. */
export const shared = css`
  ${unsafeCSS(controls)}
  :host {
    font: inherit;
    color: var(--ink);
  }
  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }
  select {
    min-height: 2rem;
    padding: 0.2rem 0.4rem;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
    font-size: var(--step--1);
  }
  @media (pointer: coarse) {
    select {
      min-height: 2.75rem;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      transition: none !important;
      animation: none !important;
    }
  }
`;
