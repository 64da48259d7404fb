import { css } from 'lit';

/** Thumbnails to choose and remove, with a mark of how far each is: in the gallery of demos and in the strip of a person's files. */
export const thumbs = css`
  ul {
    display: flex;
    gap: var(--space-2);
    margin: 0;
    overflow-x: auto;
    list-style: none;
  }
  li {
    position: relative;
    flex: none;
  }
  .thumb {
    position: relative;
    display: block;
    padding: 0;
    overflow: hidden;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--sunken);
    cursor: pointer;
  }
  .thumb[aria-current='true'] {
    border-color: var(--surface);
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }
  .thumb:focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  .mark {
    position: absolute;
    width: 9px;
    height: 9px;
    border: 2px solid #fff;
    border-radius: 50%;
    background: #767c84;
    box-sizing: content-box;
  }
  .mark.running {
    background: var(--amber);
  }
  .mark.done {
    background: var(--accent);
  }
  .mark.failed {
    background: var(--error);
  }
  .remove {
    position: absolute;
    display: grid;
    place-content: center;
    width: 24px;
    height: 24px;
    padding: 0;
    border: 1px solid var(--line-strong);
    border-radius: 50%;
    background: var(--surface);
    cursor: pointer;
  }
  .remove svg {
    width: 14px;
    height: 14px;
  }
`;
