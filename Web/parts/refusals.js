// The last messages of a device that were refused, and why: a silent device explains itself.

import { html } from '/lib/html.js';
import { plural } from '/lib/format.js';
import { useLoad } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { Age } from '/parts/age.js';
import { Problem } from '/parts/problem.js';

function Refusal({ refused: { at, code, detail, topic, excerpt, bytes, left_out: leftOut } }) {
    return html`
        <li class="refusal">
            <p><strong>${detail}</strong> <span class="hint"><code>${code}</code> · <${Age} at=${instant(at)} /></span></p>
            <p class="hint">${topic ? html`on <code>${topic}</code>${bytes > 0 ? `, ${plural(bytes, 'byte')}` : ''}` : 'when it connected'}</p>
            ${excerpt && html`<pre tabindex="0">${excerpt}</pre>`}
            ${leftOut > 0 && html`<p class="hint">${plural(leftOut, 'more refusal')} before it ${leftOut === 1 ? 'was' : 'were'} not kept.</p>`}
        </li>`;
}

/** Loads and shows the refusals of one device; nothing where there are none. `level` is that of the heading. */
export function Refusals({ of, load, level = 'h2' }) {
    const { data, error, reload } = useLoad(`refusals ${of}`, load);
    const Heading = level;
    if (error && !data) return html`
        <${Problem} error=${error} title="What was refused could not be read" retry=${reload} small level="h3" />`;
    if (!data || data.refusals.length === 0) return null;
    return html`
        <section class="card" aria-labelledby="refusals-name">
            <${Heading} id="refusals-name">Refused messages</${Heading}>
            <ol class="refusal-list" role="list">${data.refusals.map((refused) => html`
                <${Refusal} key=${`${refused.at} ${refused.topic} ${refused.bytes}`} refused=${refused} />`)}</ol>
        </section>`;
}
