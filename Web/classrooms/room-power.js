// The power of a room: how it is and why, and for those who may, switching it.

import { html, useState } from '/lib/html.js';
import { duration, minuteIn } from '/lib/format.js';
import { useAction } from '/lib/hooks.js';
import { instant } from '/lib/time.js';
import { api } from '/classrooms/api.js';
import { t } from '/classrooms/words.js';
import { Age } from '/parts/age.js';
import { Badge } from '/parts/badge.js';
import { Select } from '/parts/input.js';
import { Problem } from '/parts/problem.js';

const stageTones = { asked: 'busy', sent: 'busy', confirmed: 'good', failed: 'bad', replaced: 'unknown' };
const lengths = [30, 60, 120, 240];

function stageWords({ stage, problem }) {
    return stage === 'failed' && problem ? t(`stage.failed.${problem}`) : t(`stage.${stage}`);
}

/** What became of a person's last word: asked, sent, confirmed or failed, each with its age. */
function Stage({ switching }) {
    const at = instant(switching.ended_at ?? switching.sent_at ?? switching.asked_at);
    const wish = switching.power_on === null ? t('stage.policy') : t(switching.power_on ? 'stage.on' : 'stage.off');
    return html`
        <p class="power-stage" role="status">
            <${Badge} tone=${stageTones[switching.stage]} word=${t(`stage.word.${switching.stage}`)} quiet />
            <span>${wish} ${stageWords(switching)} <${Age} at=${at} open /></span>
        </p>`;
}

function Said({ override, zone }) {
    const since = html`<${Age} at=${instant(override.since)} lasting />`;
    const state = t(override.power_on ? 'override.on' : 'override.off');
    return html`<p>${override.until
        ? t('override.until', { state, time: minuteIn(instant(override.until), zone), since })
        : t('override.open', { state, since })}</p>`;
}

/**
 * @param asAdmin whether the reader may switch all rooms; @param mayBook whether they may switch one that they booked
 * @param until the end of one's own booking that is running, at which one's word ends; null: there is none
 */
export function Power({ room, asAdmin, mayBook, until }) {
    const { busy, error, run } = useAction();
    const [minutes, set] = useState('');
    const may = asAdmin || until !== null;
    const press = (isOn) => run(() => api.power(room.classroom_id,
        { power_on: isOn, ...(asAdmin && minutes && isOn !== null ? { minutes: Number(minutes) } : {}) }, asAdmin));
    const isKnown = room.power_on !== null && room.online;
    const word = room.power_on === null ? t('power.unknown') : isKnown ? t(room.power_on ? 'power.on' : 'power.off')
        : t(room.power_on ? 'power.was.on' : 'power.was.off');
    return html`
        <section class="card stack power" aria-labelledby="power">
            <h2 id="power">${t('power.title')}</h2>
            <p class="power-now">
                <${Badge} tone=${!isKnown ? 'unknown' : room.power_on ? 'good' : 'busy'} word=${word} />
                <span>${t(`power.cause.${room.power_cause}`)}</span>
            </p>
            ${room.override && html`<${Said} override=${room.override} zone=${room.zone} />`}
            ${room.switching && html`<${Stage} switching=${room.switching} />`}
            ${may && room.has_device && html`
                ${asAdmin && html`
                    <${Select} label=${t('power.length')} value=${minutes} set=${set}
                        options=${[['', t('power.length.open')], ...lengths.map((each) =>
                            [`${each}`, duration(each * 60)])]} />`}
                ${!asAdmin && html`<p class="hint">${t('power.until', { time: minuteIn(until, room.zone) })}</p>`}
                <p class="actions">
                    <button type="button" class="button" aria-busy=${busy}
                        onClick=${() => press(true)}>${t('power.switch.on')}</button>
                    <button type="button" class="button" aria-busy=${busy}
                        onClick=${() => press(false)}>${t('power.switch.off')}</button>
                    ${room.override && html`
                        <button type="button" class="button quiet" aria-busy=${busy}
                            onClick=${() => press(null)}>${t('power.switch.auto')}</button>`}
                </p>`}
            ${!may && mayBook && html`<p class="hint">${t('power.yours')}</p>`}
            ${may && !room.has_device && html`<p class="hint">${t('power.device')}</p>`}
            ${error && html`<${Problem} error=${error} small level="h3" />`}
        </section>`;
}
