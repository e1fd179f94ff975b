// Who is signed in: a button with a small menu. On a phone it stands in the bar at the top.

import { html, useEffect, useRef, useState } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { session } from '/lib/session.js';
import { Icon } from '/parts/icons.js';
import { toast } from '/parts/toast.js';

/** "operator", or "operator at main" when it is not for all sites. */
const roleWords = (roles) =>
    roles.map(({ role, site }) => (site === '*' ? role : t('person.role', { role, site }))).join(', ');

export function PersonMenu({ path }) {
    const [open, set] = useState(false);
    const box = useRef(null);
    const button = useRef(null);
    useEffect(() => set(false), [path]);
    useEffect(() => {
        if (!open) return undefined;
        const away = (event) => { if (!box.current?.contains(event.target)) set(false); };
        const key = (event) => { if (event.key === 'Escape') { set(false); button.current?.focus(); } };
        document.addEventListener('pointerdown', away);
        document.addEventListener('focusin', away);
        document.addEventListener('keydown', key);
        return () => {
            document.removeEventListener('pointerdown', away);
            document.removeEventListener('focusin', away);
            document.removeEventListener('keydown', key);
        };
    }, [open]);
    const { user } = session.state;
    if (!user) return null;
    const leave = () =>
        session.leave().catch((error) => toast({ tone: 'bad', text: t('person.notOut', { reason: error.title }) }));
    return html`
        <div class="person" ref=${box}>
            <button type="button" class="person-button" ref=${button} aria-expanded=${open} aria-controls="person-menu"
                onClick=${() => set(!open)}>
                <${Icon} name="person" />
                <span class="person-name">${user.username}</span>
                <span class="unseen">${t('person.menu')}</span>
            </button>
            <div class="person-menu" id="person-menu" hidden=${!open}>
                <p><strong>${user.username}</strong><span>${roleWords(user.roles ?? []) || t('person.none')}</span></p>
                <ul role="list">
                    <li><a href="/account"><${Icon} name="person" /> ${t('page.account')}</a></li>
                    <li>
                        <button type="button" onClick=${leave}><${Icon} name="leave" /> ${t('person.out')}</button>
                    </li>
                </ul>
            </div>
        </div>`;
}
