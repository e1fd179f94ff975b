// Icons drawn for Martlet: 20 units wide, lines of 1.6, in the colour of the text around them.

import { html } from '/lib/html.js';

const drawings = {
    overview: 'M3 9.5 10 3.5l7 6M5 8.5V16.5h10V8.5M8.5 16.5v-4.5h3v4.5',
    broker: 'M3 6h4.5l5 8H17M3 14h4.5l1.5-2.4M11 8.4 12.5 6H17M14.8 3.8 17 6l-2.2 2.2M14.8 11.8 17 14l-2.2 2.2',
    sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.35 4.35l1.05 1.05M14.6 14.6l1.05 1.05M4.35 15.65l1.05-1.05M14.6 5.4l1.05-1.05',
    moon: 'M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3Z',
    contrast: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 3v14M10 6h3.5M10 9h6M10 12h5.8M10 15h3.7',
    close: 'M5 5l10 10M15 5 5 15',
    check: 'M4 10.5 8.2 14.5 16 5.8',
    chevron: 'M7.5 4.5 13 10l-5.5 5.5',
    down: 'M5 8l5 5 5-5',
    up: 'M5 12.5l5-5 5 5',
    search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M13 13l4 4',
    copy: 'M7.5 7.5h9v9h-9zM4.5 12.5h-1v-9h9v1',
    table: 'M3 4h14v12H3zM3 8h14M3 12h14M8.5 4v12',
    download: 'M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13',
    command: 'M3.5 5l5 5-5 5M10 15.5h6.5',
    pause: 'M7 4.5v11M13 4.5v11',
    play: 'M6 4l10 6-10 6Z',
    panels: 'M3 3.5h6v6H3zM11.5 3.5h6v6h-6zM3 11.5h6v5H3zM11.5 11.5h6v5h-6z',
    warning: 'M10 3 18 16.5H2ZM10 8v4M10 14.2v.1',
    info: 'M10 2.75a7.25 7.25 0 1 0 0 14.5 7.25 7.25 0 0 0 0-14.5M10 9v5M10 6.2v.1',
    lock: 'M4.5 9h11v8h-11zM7 9V6.5a3 3 0 0 1 6 0V9',
    signpost: 'M10 2.5V18M10 4.5h5.5l2 2.25-2 2.25H10M10 9.5H4.8l-2 2.25 2 2.25H10',
    clock: 'M10 2.75a7.25 7.25 0 1 0 0 14.5 7.25 7.25 0 0 0 0-14.5M10 6v4.2l2.8 1.8',
    person: 'M10 3.5a3.25 3.25 0 1 0 0 6.5 3.25 3.25 0 0 0 0-6.5M3.75 16.75c.5-3 3-4.5 6.25-4.5s5.75 1.5 6.25 4.5',
    people: 'M7.5 4a2.9 2.9 0 1 0 0 5.8 2.9 2.9 0 0 0 0-5.8M2 16c.4-2.7 2.5-4.1 5.5-4.1S12.6 13.3 13 16M13 4.3a2.7 2.7 0 0 1 0 5.2M14.5 12.1c2 .4 3.2 1.7 3.5 3.9',
    devices: 'M6 6h8v8H6zM8.5 3v3M11.5 3v3M8.5 14v3M11.5 14v3M3 8.5h3M3 11.5h3M14 8.5h3M14 11.5h3',
    audit: 'M5 3h10v14H5zM7.8 6.8h4.4M7.8 10h4.4M7.8 13.2h2.5',
    book: 'M4 4.5c2.3-.7 4.3-.5 6 .8 1.7-1.3 3.7-1.5 6-.8v11c-2.3-.7-4.3-.5-6 .8-1.7-1.3-3.7-1.5-6-.8ZM10 5.3v11',
    shield: 'M10 2.75 16 5v4.5c0 3.8-2.4 6.4-6 7.75-3.6-1.35-6-3.95-6-7.75V5Z',
    leave: 'M11.5 3.5h-7v13h7M8.5 10H17M14 7l3 3-3 3',
    key: 'M12.8 3.5a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4M10.2 9.8 3.5 16.5M5 15l2 2M7.5 12.5l1.7 1.7',
    pin: 'M10 17.5s5.5-5 5.5-9.2a5.5 5.5 0 0 0-11 0c0 4.2 5.5 9.2 5.5 9.2ZM10 6.3a2 2 0 1 0 0 4 2 2 0 0 0 0-4',
    coins: 'M10 4c3.3 0 6 .9 6 2s-2.7 2-6 2-6-.9-6-2 2.7-2 6-2M4 6v8c0 1.1 2.7 2 6 2s6-.9 6-2V6M4 10c0 1.1 2.7 2 6 2s6-.9 6-2',
    ticket: 'M3 6h14v2.5a1.5 1.5 0 0 0 0 3V14H3v-2.5a1.5 1.5 0 0 0 0-3ZM12 6v8',
    plus: 'M10 4v12M4 10h12',
    unlocked: 'M4.5 9h11v8h-11zM7 9V6.5a3 3 0 0 1 5.8-1',
    calendar: 'M3.5 4.5h13v12h-13zM3.5 8.5h13M7 2.5v3.5M13 2.5v3.5',
};

/** More icons by name, those of a solution; the names that are here keep their drawings. */
export function addIcons(more) {
    for (const [name, drawing] of Object.entries(more)) drawings[name] ??= drawing;
}

/** Drawings that point onward, which is to the other side where one reads from the right. */
const onward = new Set(['chevron', 'leave']);

/** An icon that adds nothing to the words beside it; with `label` it speaks for itself. */
export function Icon({ name, label }) {
    return html`<svg class="icon" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor"
        stroke-width="1.6"
        stroke-linecap="round" stroke-linejoin="round" role=${label ? 'img' : null} aria-label=${label ?? null}
        aria-hidden=${label ? null : 'true'} data-onward=${onward.has(name) ? 'true' : null} focusable="false"><path
            d=${drawings[name]} /></svg>`;
}

const swift = 'M16 3.6c1.5 0 2.3 1.5 2.5 3.7C23.3 7.9 28.9 11.4 32 19.6c-4-3.9-8.3-5.7-12.9-5.6-.3 2.9-.8 5-.7 6.9L21.5 30 16 25.3 10.5 30l3.1-9.1c.1-1.9-.4-4-.7-6.9C8.3 13.9 4 15.7 0 19.6 3.1 11.4 8.7 7.9 13.5 7.3c.2-2.2 1-3.7 2.5-3.7Z';

/** The mark: a martlet, the bird that is never drawn with feet because it never lands. */
export function Mark() {
    return html`<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
        <path d=${swift} fill="currentColor" transform="rotate(38 16 16)" /></svg>`;
}

/** The shape of a state: a full disc, a crossed ring, a hatched square, a triangle, half a disc. Never colour alone. */
export function Glyph({ tone }) {
    const shape = {
        good: html`<circle cx="6" cy="6" r="4.5" fill="currentColor" />`,
        busy: html`<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" /><path
            d="M6 1.75a4.25 4.25 0 0 1 0 8.5Z" fill="currentColor" />`,
        warn: html`<path d="M6 1 11.5 10.8H.5Z" fill="currentColor" />`,
        bad: html`<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.75" /><path
            d="M2.9 9.1 9.1 2.9" stroke="currentColor" stroke-width="1.75" />`,
        unknown: html`<rect x="1.75" y="1.75" width="8.5" height="8.5" fill="none" stroke="currentColor"
            stroke-width="1.25" /><path d="M2 6 6 2M2 10l8-8M6 10l4-4" stroke="currentColor" stroke-width="1.25" />`,
    }[tone];
    return html`<svg class="glyph" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"
        focusable="false">${shape}</svg>`;
}
