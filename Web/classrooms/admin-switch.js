// Switching a room's power, and what became of it: asked, sent, confirmed by the relay's own report, or failed.

import { html, useState } from '/lib/html.js';
import { minuteIn } from '/lib/format.js';
import { useAction } from '/lib/hooks.js';
import { instant, now } from '/lib/time.js';
import { admin } from '/classrooms/admin-api.js';
import { powerOf, stepsOf } from '/classrooms/admin-model.js';
import { t } from '/classrooms/admin-words.js';
import { Badge } from '/parts/badge.js';
import { Choice } from '/parts/form.js';
import { Select } from '/parts/input.js';
import { Problem } from '/parts/problem.js';
import { Steps } from '/parts/progress.js';

const stageTones = { asked: 'busy', sent: 'busy', confirmed: 'good', failed: 'bad', replaced: 'unknown' };
const lengths = [['', t('switch.until.further')], ...[30, 60, 120, 240, 480].map((minutes) =>
    [`${minutes}`, minutes < 60 ? t('switch.minutes', { count: minutes })
        : t('switch.hours', { count: minutes / 60 })])];
const words = { on: true, off: false, rules: null };

/** How the relay is, as its device says; what nobody hears is unknown. */
export function PowerBadge({ room }) {
    const isOn = powerOf(room);
    return html`<${Badge} tone=${isOn === null ? 'unknown' : isOn ? 'good' : 'busy'}
        word=${t(isOn === null ? 'power.unknown' : isOn ? 'power.on' : 'power.off')} quiet />`;
}

/** Why the power is as it is, or what it should be and why. */
export function whyWords(room) {
    const cause = t(`power.cause.${room.power_cause}`);
    // The rules want nothing else than what is.
    if (['unknown', 'not_automatic'].includes(room.power_cause)) return cause;
    if (powerOf(room) === room.power_wanted) return cause;
    return room.power_wanted ? t('power.should.on', { cause }) : t('power.should.off', { cause });
}

/** How far a person's last word has come. */
export function StageBadge({ switching }) {
    return html`<${Badge} tone=${stageTones[switching.stage]} word=${t(`switch.${switching.stage}`)} quiet />`;
}

const wordOf = ({ power_on: isOn }) => t(isOn === null ? 'word.rules' : isOn ? 'word.on' : 'word.off');

/** What is to be known of how far it has come, as a sentence. */
function stageWords({ stage, problem }) {
    if (stage === 'failed') return t(`failed.${problem ?? 'not_confirmed'}`);
    return t(`switch.${stage}.says`);
}

function Course({ room }) {
    const { switching } = room;
    if (!switching) return null;
    const steps = stepsOf(switching).map((step) => ({ ...step, word: t(`step.${step.state}`),
        says: t(`step.${step.state}`) }));
    return html`
        <div class="stack" data-stage=${switching.stage}>
            <p role="status"><strong>${wordOf(switching)}:</strong> <${StageBadge} switching=${switching} />
                ${' '}<span>${stageWords(switching)}</span></p>
            ${switching.stage !== 'replaced' && html`<${Steps} steps=${steps} label=${t('switch.course')} />`}
        </div>`;
}

/** Until when a person's word counts. */
function overrideWords(room) {
    const until = instant(room.override.until);
    const state = t(room.override.power_on ? 'word.on' : 'word.off');
    return until ? t('word.until', { state, time: minuteIn(until, room.zone) }) : t('word.open', { state });
}

/** The power of a room: how it is and why, how far the last word has come, and for those who may, another word. */
export function PowerControl({ room, may }) {
    const [word, setWord] = useState(powerOf(room) ? 'off' : 'on');
    const [minutes, setMinutes] = useState('60');
    const { busy, error, run } = useAction();
    const submit = (event) => {
        event.preventDefault();
        const length = word === 'rules' || minutes === '' ? {} : { minutes: Number(minutes) };
        run(() => admin.power(room.classroom_id, { power_on: words[word], ...length }));
    };
    const isOver = room.override?.until && instant(room.override.until) <= now();
    return html`
        <div class="stack">
            <p><${PowerBadge} room=${room} /> ${' '}<span>${whyWords(room)}</span></p>
            ${!room.has_device && html`<p class="hint">${t('power.noDevice')}</p>`}
            ${room.override && !isOver && html`<p>${overrideWords(room)}</p>`}
            <${Course} room=${room} />
            ${may && html`
                <form class="stack" onSubmit=${submit}>
                    <${Choice} legend=${t('switch.to')} name="power" value=${word} change=${setWord}
                        options=${[['on', t('word.on')], ['off', t('word.off')], ['rules', t('word.rules')]]} />
                    ${word !== 'rules' && html`
                        <${Select} label=${t('switch.for')} value=${minutes} set=${setMinutes} options=${lengths} />`}
                    ${error && html`<${Problem} error=${error} small level="h3" />`}
                    <p class="actions"><button type="submit" class="button primary"
                        aria-busy=${busy}>${t('switch.act')}</button></p>
                </form>`}
        </div>`;
}
