// The last messages of a device that were refused, and why: a silent device explains itself.

import { html } from '/lib/html.js';
import { useLoad } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { Age } from '/parts/age.js';
import { Problem } from '/parts/problem.js';
import { t } from '/parts/words.js';

function Refusal({ refused: { at, code, detail, topic, excerpt, bytes, left_out: leftOut } }) {
    const on = html`<code>${topic}</code>`;
    const where = !topic ? t('refused.connecting') : bytes > 0
        ? t('refused.bytes', { topic: on, count: bytes }) : t('refused.on', { topic: on });
    return html`
        <li class="refusal">
            <p><strong>${detail}</strong> <span class="hint"><code>${code}</code> · <${Age}
                at=${instant(at)} /></span></p>
            <p class="hint">${where}</p>
            ${excerpt && html`<pre tabindex="0">${excerpt}</pre>`}
            ${leftOut > 0 && html`<p class="hint">${t('refused.more', { count: leftOut })}</p>`}
        </li>`;
}

/** Loads and shows the refusals of one device; nothing where there are none. `level` is that of the heading. */
export function Refusals({ of, load, level = 'h2' }) {
    const { data, error, reload } = useLoad(`refusals ${of}`, load);
    const Heading = level;
    if (error && !data) return html`
        <${Problem} error=${error} title=${t('refused.unread')} retry=${reload} small level="h3" />`;
    if (!data || data.refusals.length === 0) return null;
    return html`
        <section class="card" aria-labelledby="refusals-name">
            <${Heading} id="refusals-name">${t('refused')}</${Heading}>
            <ol class="refusal-list" role="list">${data.refusals.map((refused) => html`
                <${Refusal} key=${`${refused.at} ${refused.topic} ${refused.bytes}`} refused=${refused} />`)}</ol>
        </section>`;
}
