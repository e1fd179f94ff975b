import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { passwordFault, passwordHint } from '/lib/rights.js';
import { accounts } from '/account/api.js';
import { Refusal } from '/account/refusal.js';
import { t } from '/account/words.js';
import { focusWrong } from '/parts/form.js';
import { Password } from '/parts/input.js';
import { toast } from '/parts/toast.js';

export function ChangePassword({ name, changed }) {
    const empty = { current: '', fresh: '', repeated: '' };
    const [held, set] = useState(empty);
    const [wrong, setWrong] = useState({});
    const { busy, error, run } = useAction();
    const submit = async (event) => {
        event.preventDefault();
        const found = {
            current: held.current === '' ? t('password.current.missing') : null,
            fresh: passwordFault(held.fresh, name),
            repeated: held.fresh === held.repeated ? null : t('password.differ'),
        };
        setWrong(found);
        if (Object.values(found).some(Boolean)) {
            focusWrong(event.target);
            return;
        }
        const done = await run(() => accounts.password({ current: held.current, new: held.fresh }));
        if (done === undefined) return;
        set(empty);
        toast({ text: t('password.changed') });
        changed();
    };
    const field = (key) =>
        ({ value: held[key], error: wrong[key] ?? null, set: (text) => set({ ...held, [key]: text }) });
    return html`
        <section class="card" aria-labelledby="password">
            <h2 id="password">${t('password')}</h2>
            <form class="stack" onSubmit=${submit} novalidate method="post">
                <span class="unseen" aria-hidden="true">
                    <input type="text" autocomplete="username" value=${name} readonly tabindex="-1" />
                </span>
                <${Password} label=${t('password.current')} ...${field('current')} autocomplete="current-password" />
                <${Password} label=${t('password.new')} ...${field('fresh')} hint=${passwordHint()}
                    autocomplete="new-password" />
                <${Password} label=${t('password.again')} ...${field('repeated')} autocomplete="new-password" />
                ${error && html`
                    <${Refusal} title=${error.code === 'bad_credentials' ? t('password.current.wrong') : error.title}>
                        ${error.code === 'bad_credentials' ? null : error.detail}
                    <//>`}
                <p class="actions">
                    <button type="submit" class="button" aria-busy=${busy}>${t('password.change')}</button>
                    <span class="hint">${t('password.change.says')}</span>
                </p>
            </form>
        </section>`;
}
