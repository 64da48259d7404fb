import { css } from 'lit';

/** Focus ring, buttons and small type, the same in every element. Colours come from the page's tokens. */
export const shared = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    font: inherit;
    color: var(--ink);
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.4em;
    min-height: 2rem;
    padding: 0.2rem 0.7rem;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
    font-size: var(--step--1);
    line-height: 1.2;
    white-space: nowrap;
    cursor: pointer;
    text-decoration: none;
    transition: background 120ms, border-color 120ms;
  }
  .button:hover:not(:disabled) {
    background: var(--hover);
    border-color: var(--muted);
  }
  .button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  .button.plain {
    border-color: transparent;
    background: none;
  }
  .button.plain:hover:not(:disabled) {
    background: var(--hover);
  }
  .button.strong {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }
  .button.strong:hover:not(:disabled) {
    background: var(--accent-strong);
    border-color: var(--accent-strong);
  }
  .button.icon {
    width: 2rem;
    padding: 0;
  }
  select {
    min-height: 2rem;
    padding: 0.2rem 0.4rem;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
    font-size: var(--step--1);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (pointer: coarse) {
    .button,
    select {
      min-height: 2.75rem;
    }
    .button.icon {
      width: 2.75rem;
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
