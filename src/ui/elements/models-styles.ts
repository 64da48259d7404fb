import { css, unsafeCSS } from 'lit';
import frame from '../../styles/dialog-frame.css?inline';

/** Layout of the models panel. */
export const modelsStyles = css`
  ${unsafeCSS(frame)}
  dialog {
    --dialog-width: 57rem;
  }
  h3 {
    margin: var(--space-5) 0 var(--space-2);
    font-size: var(--step-1);
    letter-spacing: -0.01em;
  }
  p {
    margin: 0;
    font-size: var(--step--1);
    line-height: 1.45;
  }
  .muted {
    color: var(--muted);
  }
  .add {
    display: grid;
    gap: var(--space-3);
    padding: var(--space-4);
    border: 1.5px dashed var(--line-strong);
    border-radius: var(--radius-large);
  }
  .sources,
  form {
    display: flex;
    gap: var(--space-2);
    min-width: 0;
  }
  .sources {
    flex-wrap: wrap;
  }
  form {
    flex: 1 1 20rem;
  }
  input[type='url'],
  input[type='text'] {
    flex: 1;
    min-width: 0;
    min-height: 2rem;
    padding: 0.2rem 0.6rem;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
    font-size: var(--step--1);
  }
  footer {
    position: sticky;
    bottom: 0;
    display: grid;
    gap: var(--space-2);
    padding: var(--space-3) var(--space-5);
    border-top: 1px solid var(--line);
    background: var(--surface);
  }
  /* With nothing to tell it is no strip. */
  footer:not(:has(li)):has(.notice:empty) {
    padding: 0;
    border: 0;
  }
  .above {
    margin-bottom: var(--space-2);
  }
  .notice.error {
    color: var(--error);
  }
  ul {
    display: grid;
    gap: 1px;
    margin: 0;
    padding: 0;
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: var(--radius-large);
    background: var(--line);
    list-style: none;
  }
  li {
    padding: var(--space-3) var(--space-4);
    background: var(--surface);
  }
  .row {
    display: flex;
    gap: var(--space-3);
    align-items: center;
    justify-content: space-between;
  }
  .row > div:first-child {
    min-width: 0;
  }
  .row .button {
    flex: none;
  }
  .name {
    font-size: var(--step-0);
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .hash {
    font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
    font-size: var(--step--2);
    overflow-wrap: anywhere;
  }
  .bar {
    height: 4px;
    margin-top: var(--space-2);
    overflow: hidden;
    border-radius: 2px;
    background: var(--sunken);
  }
  .bar::after {
    content: '';
    display: block;
    width: calc(var(--progress) * 100%);
    height: 100%;
    background: var(--accent);
  }
  .family {
    display: grid;
    grid-template-columns: minmax(8rem, 11rem) minmax(0, 1fr);
    gap: var(--space-2) var(--space-4);
  }
  .family.current {
    box-shadow: inset 3px 0 var(--accent);
  }
  .tag {
    display: inline-block;
    margin-top: var(--space-1);
    padding: 0 0.5em;
    border-radius: 99px;
    background: var(--accent-soft);
    color: var(--accent-strong);
    font-size: var(--step--2);
    font-weight: 600;
  }
  .slots {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr));
    gap: var(--space-2) var(--space-3);
  }
  label {
    display: grid;
    gap: 2px;
    min-width: 0;
    color: var(--muted);
    font-size: var(--step--2);
  }
  select {
    width: 100%;
    min-width: 0;
    color: var(--ink);
  }
  details,
  .forecast {
    grid-column: 2;
  }
  summary {
    width: fit-content;
    padding: 0.15rem 0;
    color: var(--muted);
    font-size: var(--step--1);
    cursor: pointer;
  }
  .known {
    padding: var(--space-2) 0;
    border-top: 1px solid var(--line);
  }
  .known .name {
    font-size: var(--step--1);
  }
  .known p {
    font-size: var(--step--2);
  }
  @media (max-width: 600px) {
    .dialog-body,
    header,
    footer {
      padding-inline: var(--space-4);
    }
    .family {
      grid-template-columns: minmax(0, 1fr);
    }
    details,
    .forecast {
      grid-column: 1;
    }
    .sources > .button {
      flex: 1 1 100%;
    }
  }
`;
