import { html } from '/lib/html.js';
import { commandsPath, formOf, giveCommand } from '/lib/commands.js';
import { useAction } from '/lib/hooks.js';
import { session } from '/lib/session.js';
import { toast } from '/parts/toast.js';

/**
 * A button for each command of a device that its kind declares and that needs nothing more than a press; nothing for
 * somebody who may not give any.
 * @param id, kind, site the device; @param label of all buttons together
 * @param given(command), refused(command, error) what is said when it was taken, and when it was not
 */
export function CommandButtons({ id, kind, site, label, given, refused }) {
    const { busy, run } = useAction();
    const form = formOf(kind);
    if (!form || !session.may(form.give, site)) return null;
    const give = (command) => run(async () => {
        try {
            await giveCommand(commandsPath(id), { command });
            toast({ text: given(command) });
        } catch (error) {
            toast({ tone: 'bad', text: refused(command, error) });
        }
    });
    return html`
        <div class="actions" role="group" aria-label=${label}>
            ${form.commands.filter(({ parameters }) => parameters.length === 0).map((command) => html`
                <button key=${command.id} type="button" class="button" disabled=${busy}
                    onClick=${() => give(command.id)}>${command.summary}</button>`)}
        </div>`;
}
