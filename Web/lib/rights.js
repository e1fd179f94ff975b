// What the rights and roles mean, in the hub's own words (its catalogue); and what a name and a password must be.

import { catalogue } from '/lib/catalogue.js';
import { t } from '/lib/i18n.js';

/** What a right allows; a right that the catalogue does not have is shown by its name. */
export const rightWords = (right) => catalogue.permissions.get(right)?.summary ?? right;
export const roleWords = (role) => catalogue.roles.get(role)?.summary ?? t('role');
export const siteWords = (site) => (site === '*' ? t('site.all') : site);

/** The shortest password that the server takes, in characters. */
const shortest = 10;

/** What is wrong with a new password, before the server is asked; null if nothing. The server knows more of them. */
export function passwordFault(password, name = '') {
    const small = password.toLowerCase();
    if ([...password].length < shortest) return t('password.short', { count: shortest });
    if (new Set(small).size < 4) return t('password.same');
    const rest = name.length < 3 ? small.length : small.replaceAll(name.toLowerCase(), '').length;
    return rest < 6 ? t('password.name') : null;
}

export const passwordHint = () => t('password.hint', { count: shortest });

/** What is wrong with the name of a new account; null if nothing. */
export function nameFault(name) {
    if (name === '') return t('name.none');
    return /^[A-Za-z0-9._@-]{1,64}$/.test(name) ? null : t('name.wrong');
}
