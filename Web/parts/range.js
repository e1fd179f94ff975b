// Which time a page's charts show. It is in the address: `range=6h`, or `from` and `to` in seconds since 1970.

import { html, useState } from '/lib/html.js';
import { useConnection } from '/lib/hooks.js';
import { navigate, withQuery } from '/app/router.js';
import { moment, now, toLocalInput } from '/lib/time.js';
import { Dialog } from '/parts/dialog.js';
import { Field } from '/parts/form.js';
import { Icon } from '/parts/icons.js';
import { LinkChoice } from '/parts/tabs.js';

const presets = [
    ['15m', '15 min', 900, 'the last 15 minutes'],
    ['1h', '1 h', 3600, 'the last hour'],
    ['6h', '6 h', 21_600, 'the last 6 hours'],
    ['24h', '24 h', 86_400, 'the last 24 hours'],
    ['7d', '7 d', 604_800, 'the last 7 days'],
];
const standard = '1h';

/**
 * The view that an address asks for: {live, span, key} or {from, to}; nonsense in the address gives the standard one.
 */
export function viewOf(query) {
    const [from, to] = [Number(query.get('from')), Number(query.get('to'))];
    // Not a number compares as false; nothing was measured before 1970 or after the year 5138.
    if (from > 0 && from < to && to < 1e11) {
        return { live: false, from, to, span: to - from, key: null };
    }
    const preset = presets.find(([key]) => key === query.get('range')) ?? presets.find(([key]) => key === standard);
    return { live: true, span: preset[2], key: preset[0] };
}

/** Words for the view: "the last hour". */
export function viewWords(view) {
    if (!view.live) return `${moment(view.from * 1000)} to ${moment(view.to * 1000)}`;
    return presets.find(([key]) => key === view.key)[3];
}

/** Shows only a part: a step in the browser's history, so that Back leads out again. */
export function zoomTo(from, to) {
    const start = Math.floor(from);
    navigate(withQuery({ from: start, to: Math.max(Math.ceil(to), start + 10) }));
}

/** Back to what follows the clock. */
export const goLive = () => navigate(withQuery({ from: null, to: null }));

function CustomRange({ view, open, close }) {
    const [from, setFrom] = useState(null);
    const [to, setTo] = useState(null);
    const end = view.live ? now() : view.to * 1000;
    const first = from ?? toLocalInput(end - view.span * 1000);
    const last = to ?? toLocalInput(end);
    // What nobody has changed is the instant itself: its text may be that of two, in the night that has an hour twice.
    const [a, b] = [from === null ? end - view.span * 1000 : Date.parse(from), to === null ? end : Date.parse(to)];
    const missing = Number.isNaN(a) || Number.isNaN(b);
    const wrong = missing ? 'Give both times.' : a >= b ? 'The end must be after the start.' : null;
    const submit = (event) => {
        event.preventDefault();
        if (wrong) return;
        zoomTo(a / 1000, b / 1000);
        close();
    };
    return html`
        <${Dialog} title="Show another time" open=${open} close=${close}>
            <form onSubmit=${submit} novalidate>
                <${Field} label="From">
                    ${(given) => html`
                        <input type="datetime-local" ...${given} value=${first}
                            onInput=${(event) => setFrom(event.target.value)} />`}
                <//>
                <${Field} label="To" error=${wrong}>
                    ${(given) => html`
                        <input type="datetime-local" ...${given} value=${last}
                            onInput=${(event) => setTo(event.target.value)} />`}
                <//>
                <p class="actions">
                    <button type="submit" class="button primary">Show</button>
                    <button type="button" class="button" onClick=${close}>Cancel</button>
                </p>
            </form>
        <//>`;
}

/** Choice of the time shown, and, when the reader looks back, a way to what is live. */
export function RangePicker({ view }) {
    const [open, set] = useState(false);
    const { status } = useConnection();
    return html`
        <div class="range">
            <${LinkChoice} label="Time shown" name="range" clear=${['from', 'to']} value=${view.key}
                options=${presets.map(([key, word]) => [key, word])} />
            <button type="button" class="button" aria-pressed=${!view.live} onClick=${() => set(true)}>
                <${Icon} name="calendar" />
                <span>${view.live ? 'Custom' : viewWords(view)}</span>
            </button>
            <span class="range-state" role="status">
                ${view.live
                    ? html`
                        <span class="range-live">
                            <span class="connection-dot" aria-hidden="true"></span>${status === 'lost' ? 'Nothing is heard' : 'Follows the clock'}
                        </span>`
                    : html`
                        <span class="range-paused"><${Icon} name="pause" />Paused</span>
                        <button type="button" class="button small primary" onClick=${goLive}>
                            <${Icon} name="play" />Back to live
                        </button>`}
            </span>
            <${CustomRange} view=${view} open=${open} close=${() => set(false)} />
        </div>`;
}
