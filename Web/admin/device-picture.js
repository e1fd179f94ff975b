// The picture of a device, or of its place: shown, sent, taken away.

import { html, useState } from '/lib/html.js';
import { useAction } from '/lib/hooks.js';
import { devices } from '/admin/api.js';
import { t } from '/admin/words.js';
import { useId } from '/parts/form.js';
import { Problem } from '/parts/problem.js';
import { toast } from '/parts/toast.js';

const types = 'image/jpeg,image/png,image/webp';

export function Picture({ device, may, changed }) {
    const id = useId('picture');
    // The word for the picture that could not be had.
    const [lost, lose] = useState(null);
    const { busy, error, run } = useAction();
    if (!device.picture && !may) return null;
    const send = async (event) => {
        const input = event.currentTarget;
        const [file] = input.files;
        if (!file) return;
        const done = await run(() => devices.setPicture(device.id, file));
        input.value = '';
        if (done === undefined) return;
        lose(null);
        toast({ text: t('picture.kept', { id: device.id }) });
        changed();
    };
    const drop = () => run(async () => { await devices.dropPicture(device.id); changed(); });
    return html`
        <section class="stack" aria-labelledby=${id}>
            <h3 id=${id}>${t('picture')}</h3>
            ${device.picture && lost !== device.picture && html`
                <img class="device-picture" src=${devices.picture(device)} alt=${t('picture.of',
                    { id: device.id })} onError=${() => lose(device.picture)} />`}
            ${device.picture && lost === device.picture && html`<p class="quiet-line">${t('picture.lost')}</p>`}
            ${error && html`<${Problem} error=${error} small level="h4" />`}
            ${may && html`
                <p class="actions">
                    <label class="button small" aria-busy=${busy}>
                        ${device.picture ? t('picture.change') : t('picture.add')}
                        <input class="unseen" type="file" accept=${types} onChange=${send} />
                    </label>
                    ${device.picture && html`
                        <button type="button" class="button small danger" aria-busy=${busy}
                            onClick=${drop}>${t('picture.remove')}</button>`}
                </p>`}
        </section>`;
}
