import { css } from 'lit';

/** Looks of the compare stage. Boxes have their size from the start: nothing moves when pictures and figures come. */
export const compareStyles = css`
  :host {
    display: block;
  }
  .stage {
    display: grid;
    grid-template-columns: repeat(var(--columns, 3), minmax(0, 1fr));
    gap: var(--space-4);
  }
  .stage.four {
    grid-template-columns: repeat(4, minmax(0, 1fr));
  }
  .stage.single {
    grid-template-columns: minmax(0, 1fr);
  }
  figure {
    display: flex;
    flex-direction: column;
    min-width: 0;
    margin: 0;
    border: 1px solid var(--line);
    border-radius: var(--radius-large);
    background: var(--surface);
    overflow: hidden;
    container-type: inline-size;
  }
  /* Low windows show whole panes all the same. */
  ll-screen {
    aspect-ratio: var(--aspect, 1);
    max-height: max(15rem, 100vh - var(--around, 23.5rem));
    background: var(--mat);
  }
  .single ll-screen {
    aspect-ratio: auto;
    max-height: none;
    height: clamp(16rem, 100vh - 24rem, 62vw);
  }
  ll-picture {
    position: absolute;
    inset: 0;
  }
  .empty {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    color: var(--faint);
    font-size: clamp(3rem, 8vw, 6rem);
    font-weight: 650;
    letter-spacing: -0.05em;
    pointer-events: none;
  }
  .pair {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--space-2);
    min-height: 3.25rem;
    padding: var(--space-2) var(--space-3);
  }
  .pair label {
    display: inline-flex;
    align-items: center;
    gap: var(--space-2);
    color: var(--muted);
    font-size: var(--step--1);
  }
  .pair select {
    color: var(--ink);
    font-weight: 600;
  }
  @media (max-width: 1100px) {
    .stage:not(.single) {
      gap: var(--space-3);
    }
    .stage.four {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }
  @media (max-width: 760px) {
    .pair {
      flex-wrap: nowrap;
    }
    .pair label {
      flex: 1;
      gap: 0;
      font-size: 0;
    }
    .pair select {
      width: 100%;
    }
    .stage,
    .stage.four {
      grid-template-columns: minmax(0, 1fr);
    }
    ll-screen {
      aspect-ratio: max(1, var(--aspect, 1));
      max-height: none;
    }
  }
`;
