import { html } from '/lib/html.js';
import { t } from '/lib/i18n.js';
import { choices, choose, useTheme } from '/app/theme.js';
import { Icon } from '/parts/icons.js';

const icons = { system: 'contrast', light: 'sun', dark: 'moon' };

const word = (choice) => t(`theme.${choice}`);

/** One button that goes through system, light and dark; its name says which is on. */
export function ThemePicker() {
    const [choice] = useTheme();
    const next = choices[(choices.indexOf(choice) + 1) % choices.length];
    return html`
        <button type="button" class="icon-button"
            aria-label=${t('theme.button', { theme: word(choice), next: t(`theme.name.${next}`) })}
            title=${word(choice)} onClick=${() => choose(next)}>
            <${Icon} name=${icons[choice]} />
        </button>`;
}
