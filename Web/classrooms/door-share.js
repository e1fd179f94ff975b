// What the display at a room's door shows and does, for those who manage the room. The link that opens the display is
// made in the card of the links.

import { html } from '/lib/html.js';
import { ask } from '/lib/api.js';
import { useAction, useLoad, useSession } from '/lib/hooks.js';
import { messages } from '/lib/i18n.js';
import strings from '/classrooms/door-share.en.js';
import { Problem } from '/parts/problem.js';

const t = messages(strings);

function Rules({ room }) {
    const path = `/api/admin/classrooms/${encodeURIComponent(room.classroom_id)}/door`;
    const { data: rules, error, reload } = useLoad(path, (options) => ask('GET', path, options));
    const change = useAction();
    const set = (body) => change.run(async () => {
        await ask('PUT', path, { body });
        await reload();
    });
    const check = (name, off) => html`
        <label class="check"><input type="checkbox" checked=${rules[name]} disabled=${off} aria-busy=${change.busy}
            onClick=${(event) => {
                // It is checked when the hub says so.
                event.preventDefault();
                set({ [name]: !rules[name] });
            }} />${t(name)}</label>`;
    return html`
        <section class="card stack" aria-labelledby="door-rules">
            <h2 id="door-rules">${t('title')}</h2>
            <p class="hint">${t('says')}</p>
            ${error && html`<${Problem} error=${error} small level="h3" retry=${reload} />`}
            ${rules && html`
                ${check('shows_purpose', false)}
                ${check('takes_bookings', room.needs_approval && !rules.takes_bookings)}
                ${room.needs_approval && html`<p class="hint">${t('approval')}</p>`}`}
            ${change.error && html`<${Problem} error=${change.error} small level="h3" />`}
        </section>`;
}

/** A card with the rules of a room's door; nothing for somebody who may not manage the room. */
export function DoorRules({ room }) {
    const session = useSession();
    return session.may('classrooms.manage', room.site) && html`<${Rules} key=${room.classroom_id} room=${room} />`;
}
