// What somebody asks for themselves: signing in, and their own account.

import { ask } from '/lib/api.js';

const post = (path, body = {}) => ask('POST', path, { body });
const own = (path) => `/api/account${path}`;

export const accounts = {
    login: (body) => ask('POST', '/api/auth/login', { body, plain: true }),
    setup: (body) => ask('POST', '/api/auth/setup', { body, plain: true }),
    code: (code) => ask('POST', '/api/auth/code', { body: { code }, plain: true }),
    me: (options) => ask('GET', own(''), options),
    password: (body) => post(own('/password'), body),
    beginFactor: (password) => post(own('/second-factor'), { password }),
    confirmFactor: (code) => post(own('/second-factor/confirm'), { code }),
    endFactor: (password, code) => post(own('/second-factor/disable'), { password, code }),
    endSession: (id) => ask('DELETE', own(`/sessions/${encodeURIComponent(id)}`)),
    tokens: (options) => ask('GET', own('/tokens'), options),
    newToken: (body) => post(own('/tokens'), body),
    endToken: (id) => ask('DELETE', own(`/tokens/${encodeURIComponent(id)}`)),
};
