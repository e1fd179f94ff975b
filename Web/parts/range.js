// Which time a page's charts show. It is in the address: `range=6h`, or `from` and `to` in seconds since 1970.

import { html, useState } from '/lib/html.js';
import { moment } from '/lib/format.js';
import { useConnection } from '/lib/hooks.js';
import { navigate, withQuery } from '/app/router.js';
import { now, toLocalInput } from '/lib/time.js';
import { Dialog } from '/parts/dialog.js';
import { Field } from '/parts/form.js';
import { Icon } from '/parts/icons.js';
import { LinkChoice } from '/parts/tabs.js';
import { t } from '/parts/words.js';

/** Key in the address, seconds. */
const presets = [['15m', 900], ['1h', 3600], ['6h', 21_600], ['24h', 86_400], ['7d', 604_800]];
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
    return { live: true, span: preset[1], key: preset[0] };
}

/** Words for the view: "the last hour". */
export function viewWords(view) {
    if (!view.live) return t('range.words', { from: moment(view.from * 1000), to: moment(view.to * 1000) });
    return t(`range.${view.key}.words`);
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
    const wrong = missing ? t('range.both') : a >= b ? t('range.order') : null;
    const submit = (event) => {
        event.preventDefault();
        if (wrong) return;
        zoomTo(a / 1000, b / 1000);
        close();
    };
    return html`
        <${Dialog} title=${t('range.title')} open=${open} close=${close}>
            <form onSubmit=${submit} novalidate>
                <${Field} label=${t('range.from')}>
                    ${(given) => html`
                        <input type="datetime-local" ...${given} value=${first}
                            onInput=${(event) => setFrom(event.target.value)} />`}
                <//>
                <${Field} label=${t('range.to')} error=${wrong}>
                    ${(given) => html`
                        <input type="datetime-local" ...${given} value=${last}
                            onInput=${(event) => setTo(event.target.value)} />`}
                <//>
                <p class="actions">
                    <button type="submit" class="button primary">${t('range.show')}</button>
                    <button type="button" class="button" onClick=${close}>${t('cancel')}</button>
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
            <${LinkChoice} label=${t('range.name')} name="range" clear=${['from', 'to']} value=${view.key}
                options=${presets.map(([key]) => [key, t(`range.${key}`)])} />
            <button type="button" class="button" aria-pressed=${!view.live} onClick=${() => set(true)}>
                <${Icon} name="calendar" />
                <span>${view.live ? t('range.custom') : viewWords(view)}</span>
            </button>
            <span class="range-state" role="status">
                ${view.live
                    ? html`
                        <span class="range-live">
                            <span class="connection-dot"
                                aria-hidden="true"></span>${t(status === 'lost' ? 'range.silent' : 'range.live')}
                        </span>`
                    : html`
                        <span class="range-paused"><${Icon} name="pause" />${t('range.paused')}</span>
                        <button type="button" class="button small primary" onClick=${goLive}>
                            <${Icon} name="play" />${t('range.back')}
                        </button>`}
            </span>
            <${CustomRange} view=${view} open=${open} close=${() => set(false)} />
        </div>`;
}
