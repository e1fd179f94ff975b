import { html } from '/lib/html.js';
import { choices, choose, useTheme } from '/app/theme.js';
import { Icon } from '/parts/icons.js';

const words = { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' };
const icons = { system: 'contrast', light: 'sun', dark: 'moon' };

/** One button that goes through system, light and dark; its name says which is on. */
export function ThemePicker() {
    const [choice] = useTheme();
    const next = choices[(choices.indexOf(choice) + 1) % choices.length];
    return html`
        <button type="button" class="icon-button" aria-label=${`${words[choice]}. Change to ${next}`}
            title=${words[choice]} onClick=${() => choose(next)}>
            <${Icon} name=${icons[choice]} />
        </button>`;
}
