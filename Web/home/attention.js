// What needs a person, over all systems. Most urgent first.

import { html } from '/lib/html.js';
import { Badge } from '/parts/badge.js';
import { t } from '/home/words.js';

/** A system that has something to look at; where exactly, its own page says. */
function OtherSystem({ solution: { title, path, devices, attention } }) {
    return html`
        <li>
            <a class="attention" href=${path}>
                <${Badge} tone="warn" word=${t('needsLook', { count: attention })} quiet />
                <span class="attention-name">${title}</span>
                <span class="attention-more">${t('attention',
                    { attention, devices: t('devices', { count: devices }) })}</span>
            </a>
        </li>`;
}

/** @param fronts what the solutions say themselves; @param others systems of which only the server says something */
export function Attention({ fronts, others }) {
    const systems = others.filter(({ attention }) => attention > 0);
    const urgent = fronts.flatMap((front) => front.urgent ?? []).filter(Boolean);
    const later = fronts.flatMap((front) => front.later ?? []).filter(Boolean);
    if (urgent.length + later.length + systems.length === 0) return null;
    return html`
        <section aria-labelledby="attention">
            <h2 class="unseen" id="attention">${t('attention.name')}</h2>
            <ul class="card list" role="list">
                ${urgent}
                ${systems.map((solution) => html`<${OtherSystem} key=${solution.id} solution=${solution} />`)}
                ${later}
            </ul>
        </section>`;
}
