// What people say of a room: what it is, when it may be booked, and by which rules its power goes.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { admin } from '/classrooms/admin-api.js';
import { changes, days, hoursOf, hoursTexts } from '/classrooms/admin-model.js';
import { t } from '/classrooms/admin-words.js';
import { Choice, focusWrong } from '/parts/form.js';
import { Name, Text } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { toast } from '/parts/toast.js';

/** [member, least, most]: whole numbers, as the hub takes them. */
const ofPower = [['pre_power_minutes', 5, 240], ['hold_seconds', 0, 14_400], ['idle_after_seconds', 10, 3_600],
    ['report_after_seconds', 10, 7_200], ['off_after_seconds', 0, 7_200], ['watts', 0, 1_000_000]];
const ofPresence = [['warn_after_minutes', 5, 240], ['release_after_minutes', 1, 240],
    ['exempt_from_minutes', 15, 10_080]];
const numbers = [['capacity', 0, 100_000], ['buffer_minutes', 0, 240], ...ofPower, ...ofPresence];

/** What is typed, as text where a number is typed. */
const typedOf = (room) => ({
    ...Object.fromEntries(numbers.map(([key]) => [key, `${room[key] ?? room.policy[key]}`])),
    name: room.name, building: room.building, equipment: room.equipment.join(', '), zone: room.zone,
    needs_approval: room.needs_approval, automatic: room.policy.automatic, fail_safe: room.policy.fail_safe,
    release_unused: room.policy.release_unused, hours: hoursTexts(room.hours),
});

/** The room of what is typed, and what is wrong, by member: {facts, wrong}. */
function read(typed) {
    const wrong = {};
    const whole = {};
    for (const [key, least, most] of numbers) {
        const value = /^\s*\d{1,7}\s*$/.test(typed[key]) ? Number(typed[key]) : NaN;
        if (value >= least && value <= most) whole[key] = value;
        else wrong[key] = t('number.wrong', { least, most });
    }
    if (!typed.name.trim()) wrong.name = t('room.name.wrong');
    const { hours, wrong: wrongDays } = hoursOf(typed.hours);
    for (const day of wrongDays) wrong[day] = t('hours.wrong');
    const { capacity, buffer_minutes: buffer, ...rules } = whole;
    const equipment = [...new Set(typed.equipment.split(',').map((each) => each.trim()).filter(Boolean))].sort();
    return { wrong, facts: {
        name: typed.name.trim(), building: typed.building.trim(), capacity, equipment, zone: typed.zone.trim(), hours,
        buffer_minutes: buffer, needs_approval: typed.needs_approval,
        policy: { ...rules, automatic: typed.automatic, fail_safe: typed.fail_safe,
            release_unused: typed.release_unused },
    } };
}

function Check({ label, value, set }) {
    return html`<label class="check"><input type="checkbox" checked=${value}
        onChange=${(event) => set(event.target.checked)} />${label}</label>`;
}

function Hours({ value, set, wrong }) {
    const always = value === null;
    const change = (key) => set(key === 'always' ? null
        : Object.fromEntries(days.map((day, index) => [day, index < 5 ? '08:00-18:00' : ''])));
    return html`
        <${Choice} legend=${t('hours')} name="hours" value=${always ? 'always' : 'days'} change=${change}
            options=${[['always', t('hours.all')], ['days', t('hours.days')]]} />
        ${!always && html`
            <p class="hint">${t('hours.hint')}</p>
            <div class="admin-fields">${days.map((day) => html`
                <${Name} key=${day} label=${t(`weekday.${day}`)} value=${value[day]} error=${wrong[day] ?? null}
                    placeholder=${t('hours.closed')} set=${(text) => set({ ...value, [day]: text })} />`)}</div>`}`;
}

/** The form; `changed(room)` is called with what the hub made of it. */
export function RoomForm({ room, changed }) {
    const [typed, type] = useState(() => typedOf(room));
    const [wrong, setWrong] = useState({});
    const { busy, error, run } = useAction();
    const put = (key) => (value) => type((old) => ({ ...old, [key]: value }));
    const number = ([key]) => html`
        <${Text} key=${key} label=${t(`policy.${key}`)} value=${typed[key]} set=${put(key)} error=${wrong[key] ?? null}
            inputmode="numeric" autocomplete="off" />`;
    const submit = async (event) => {
        event.preventDefault();
        const { facts, wrong: found } = read(typed);
        setWrong(found);
        if (Object.keys(found).length > 0) { focusWrong(event.target); return; }
        // What nobody has touched here stays as somebody else may have changed it meanwhile.
        const made = await run(() => admin.change(room.classroom_id, changes(read(typedOf(room)).facts, facts)));
        if (!made) return;
        type(typedOf(made));
        toast({ text: t('room.changed', { room: made.name }) });
        changed(made);
    };
    return html`
        <form class="admin-stack" onSubmit=${submit} novalidate>
            <section class="card stack" aria-labelledby="facts">
                <h2 id="facts">${t('facts.title')}</h2>
                <div class="admin-fields">
                    <${Text} label=${t('name')} value=${typed.name} set=${put('name')} maxlength="100"
                        error=${wrong.name ?? null} autocomplete="off" />
                    <${Text} label=${t('building')} value=${typed.building} set=${put('building')} maxlength="100"
                        autocomplete="off" />
                    <${Text} label=${t('capacity')} value=${typed.capacity} set=${put('capacity')}
                        error=${wrong.capacity ?? null} inputmode="numeric" autocomplete="off" />
                    <${Name} label=${t('zone')} value=${typed.zone} set=${put('zone')} maxlength="64" />
                </div>
                <${Text} label=${t('equipment')} hint=${t('equipment.hint')} value=${typed.equipment}
                    set=${put('equipment')} autocomplete="off" />
            </section>
            <section class="card stack" aria-labelledby="booking">
                <h2 id="booking">${t('booking.title')}</h2>
                <${Hours} value=${typed.hours} set=${put('hours')} wrong=${wrong} />
                <div class="admin-fields">${number(['buffer_minutes'])}</div>
                <${Check} label=${t('approval')} value=${typed.needs_approval} set=${put('needs_approval')} />
                <${Check} label=${t('release')} value=${typed.release_unused} set=${put('release_unused')} />
                ${typed.release_unused && html`
                    <p class="hint">${t('release.hint')}</p>
                    <div class="admin-fields">${ofPresence.map(number)}</div>`}
            </section>
            <section class="card stack" aria-labelledby="rules">
                <h2 id="rules">${t('rules.title')}</h2>
                <${Check} label=${t('automatic')} value=${typed.automatic} set=${put('automatic')} />
                <p class="hint">${t(typed.automatic ? 'automatic.hint' : 'automatic.off.hint')}</p>
                <div class="admin-fields">${ofPower.map(number)}</div>
                <${Choice} legend=${t('failSafe')} name="failSafe" value=${typed.fail_safe} change=${put('fail_safe')}
                    options=${[['on', t('failSafe.on')], ['hold', t('failSafe.hold')]]} />
            </section>
            ${error && html`<${Problem} error=${error} small level="h3" />`}
            <p class="actions"><button type="submit" class="button primary"
                aria-busy=${busy}>${t('room.save')}</button></p>
        </form>`;
}
