import { css } from 'lit';

/** Looks of one pane: heading, what lies over the picture, and the figures under it. */
export const paneStyles = css`
  .heading {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    height: 3.25rem;
    padding: 0 var(--space-2) 0 var(--space-3);
  }
  .scale {
    flex: none;
    min-width: 2.2em;
    font-size: var(--step-2);
    font-weight: 650;
    letter-spacing: -0.03em;
  }
  .names {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-width: 0;
    line-height: 1.25;
  }
  .title {
    overflow: hidden;
    font-size: var(--step--1);
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .size {
    color: var(--muted);
    font-size: var(--step--2);
    font-variant-numeric: tabular-nums;
  }
  .chip {
    padding: 0.1rem 0.5rem;
    border-radius: 99px;
    background: rgb(12 14 16 / 78%);
    color: #fff;
    font-size: var(--step--2);
    font-variant-numeric: tabular-nums;
    line-height: 1.5;
  }
  .chip.zoom {
    position: absolute;
    right: var(--space-2);
    bottom: var(--space-2);
    pointer-events: none;
  }
  .chip.preview {
    position: absolute;
    top: var(--space-2);
    left: var(--space-2);
    pointer-events: none;
  }
  .running {
    position: absolute;
    inset: auto 0 0;
    overflow: clip;
    overflow-clip-margin: 40px;
    pointer-events: none;
  }
  .running .chip {
    position: absolute;
    bottom: calc(3px + var(--space-2));
    left: var(--space-2);
  }
  .bar {
    height: 3px;
    background: rgb(255 255 255 / 25%);
  }
  .bar::after {
    content: '';
    display: block;
    height: 100%;
    background: var(--accent-bright);
    transform: scaleX(var(--progress));
    transform-origin: left;
    transition: transform 150ms;
  }
  .bar.unknown::after {
    width: 30%;
    transform: none;
    animation: glide 1.4s ease-in-out infinite alternate;
  }
  @keyframes glide {
    to {
      transform: translateX(233%);
    }
  }
  /* At the top: the lower end of a tall picture may be beyond the window. */
  .note {
    position: absolute;
    inset: var(--space-2) var(--space-2) auto;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: var(--space-2);
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius);
    background: var(--surface);
    box-shadow: var(--shadow);
    font-size: var(--step--1);
    cursor: auto;
  }
  .note p {
    flex: 1 1 12ch;
    min-width: 0;
    margin: 0;
    overflow-wrap: anywhere;
  }
  .chip.preview:has(~ .note) {
    top: auto;
    bottom: var(--space-2);
  }
  ll-navigator:has(~ .note) {
    top: auto;
    bottom: calc(var(--space-2) + 2rem);
  }
  .time {
    overflow: hidden;
    margin: 0 var(--space-3);
    font-size: var(--step--1);
    font-variant-numeric: tabular-nums;
    line-height: 1.6;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .time b {
    font-weight: 650;
  }
  .time small {
    color: var(--muted);
    font-size: var(--step--2);
  }
  .under {
    height: 4.1rem;
    padding: var(--space-2) 0;
  }
  .footnote {
    overflow: hidden;
    margin: 0 var(--space-3);
    color: var(--muted);
    font-size: var(--step--2);
    line-height: 1.6;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .footnote.measured {
    color: var(--ink);
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  @container (max-width: 345px) {
    .time {
      font-size: var(--step--2);
    }
    .time b + small,
    .time small:not(:only-child) {
      display: none;
    }
    .heading .icon:last-child {
      display: none;
    }
  }
  @container (max-width: 270px) {
    .heading .icon {
      display: none;
    }
  }
`;
