// The join window: for a few minutes, devices that nobody knows may knock.

import { html, useState } from '/lib/html.js';
import { useAction, useTick } from '/lib/hooks.js';
import { number } from '/lib/format.js';
import { instant, now, exact } from '/lib/time.js';
import { devices } from '/admin/api.js';
import { countdown } from '/account/refusal.js';
import { Badge } from '/parts/badge.js';
import { useId } from '/parts/form.js';
import { Icon } from '/parts/icons.js';
import { Problem } from '/parts/problem.js';

const lengths = [['5', '5 minutes'], ['10', '10 minutes'], ['30', '30 minutes'], ['60', 'an hour']];

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
                <h2 id="join-name">Letting new devices in</h2>
                <p>
                    ${open
                        ? html`
                            <${Badge} tone="busy" word="Open" />
                            <span class="join-left" title=${exact(until)}>
                                ${' '}closes in <strong class="figure" role="timer">${countdown(left)}</strong>. Devices that
                                nobody knows wait below for you.
                            </span>`
                        : html`
                            <${Badge} tone="unknown" word="Closed" />
                            ${' '}Devices that nobody knows are turned away${join.refused > 0
                                ? html`: <strong>${number(join.refused, 0)}</strong> since the start.` : '.'}`}
                </p>
                ${error && html`<${Problem} error=${error} small level="h3" />`}
            </div>
            ${may && html`
                <div class="join-acts">
                    ${!open && html`
                        <div class="select-box">
                            <label class="unseen" for=${id}>For how long</label>
                            <select id=${id} value=${minutes} onChange=${(event) => set(event.target.value)}>
                                ${lengths.map(([value, word]) => html`
                                    <option key=${value} value=${value} selected=${value === minutes}>For ${word}</option>`)}
                            </select>
                            <${Icon} name="down" />
                        </div>`}
                    <button type="button" class=${`button ${open ? '' : 'primary'}`} aria-busy=${busy}
                        onClick=${() => act(() => (open ? devices.closeJoin() : devices.openJoin(Number(minutes))))}>
                        ${open ? 'Close now' : 'Open the window'}
                    </button>
                </div>`}
        </section>`;
}
