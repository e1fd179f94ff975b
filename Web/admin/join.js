// The join window: for a few minutes, devices that nobody knows may knock.

import { html, useState } from '/lib/html.js';
import { useAction, useTick } from '/lib/hooks.js';
import { countdown, exact, number } from '/lib/format.js';
import { instant, now } from '/lib/time.js';
import { devices } from '/admin/api.js';
import { t } from '/admin/words.js';
import { Badge } from '/parts/badge.js';
import { useId } from '/parts/form.js';
import { Icon } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';

const lengths = [['5', t('join.minutes', { count: 5 })], ['10', t('join.minutes', { count: 10 })],
    ['30', t('join.minutes', { count: 30 })], ['60', t('join.hour')]];

export function JoinWindow({ join, may, changed }) {
    const [minutes, set] = useState('10');
    const { busy, error, run } = useAction();
    const id = useId('join');
    const until = instant(join.open_until);
    const left = until === null ? 0 : Math.ceil((until - now()) / 1000);
    const open = left > 0;
    useTick(open);
    const act = (work) => run(work).then((done) => done !== undefined && changed());
    return html`
        <section class="card join" data-open=${open} aria-labelledby="join-name">
            <div class="join-words">
                <h2 id="join-name">${t('join.title')}</h2>
                <p>
                    ${open
                        ? html`
                            <${Badge} tone="busy" word=${t('open')} />
                            <span class="join-left" title=${exact(until)}>
                                ${' '}${t('join.open.says',
                                    { left: html`<strong class="figure" role="timer">${countdown(left)}</strong>` })}
                            </span>`
                        : html`
                            <${Badge} tone="unknown" word=${t('closed')} />
                            ${' '}${join.refused > 0
                                ? t('join.closed.count', { number: html`<strong>${number(join.refused, 0)}</strong>` })
                                    : t('join.closed')}`}
                </p>
                ${error && html`<${Problem} error=${error} small level="h3" />`}
            </div>
            ${may && html`
                <div class="join-acts">
                    ${!open && html`
                        <div class="select-box">
                            <label class="unseen" for=${id}>${t('join.span')}</label>
                            <select id=${id} value=${minutes} onChange=${(event) => set(event.target.value)}>
                                ${lengths.map(([value, word]) => html`
                                    <option key=${value} value=${value}
                                        selected=${value === minutes}>${word}</option>`)}
                            </select>
                            <${Icon} name="down" />
                        </div>`}
                    <button type="button" class=${`button ${open ? '' : 'primary'}`} aria-busy=${busy}
                        onClick=${() => act(() => (open ? devices.closeJoin() : devices.openJoin(Number(minutes))))}>
                        ${open ? t('join.close') : t('join.open')}
                    </button>
                </div>`}
        </section>`;
}
