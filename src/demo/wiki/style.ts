/** The Wiki's stylesheet: a notebook with an index at its side, nothing like Signet's or Acme's. Contrast of all pairs is at least 4.5 in both schemes. */
import { BASE_CSS } from '../shared/style.js';

export const WIKI_CSS = `:root{color-scheme:light dark;
--paper:#fff;--side:#eef1ee;--ink:#1d2126;--soft:#565d66;--faint:#d3d8d3;--line:#1d2126;--accent:#7a1f5c;--on-accent:#fff;--bad:#a3260f;--bad-soft:#fdebe6;--note:#e4f2f4}
@media (prefers-color-scheme:dark){:root{--paper:#16181a;--side:#202427;--ink:#e7e9ea;--soft:#aab2b8;--faint:#3a4045;--line:#e7e9ea;--accent:#f0a3d4;--on-accent:#35062a;--bad:#ffa48f;--bad-soft:#431d15;--note:#123038}}
${BASE_CSS}
body{font:400 1rem/1.6 Verdana,"DejaVu Sans",Geneva,sans-serif;border-top:.5rem solid var(--accent);min-height:100vh;display:grid;grid-template:auto 1fr/minmax(0,1fr)}
h1{font-size:1.625rem;font-weight:400;border-bottom:1px solid var(--line);padding-bottom:.3rem}h2{font-size:1.1875rem;font-weight:400;border-bottom:1px solid var(--faint);padding-bottom:.2rem}
.note{background:var(--note);padding:.4rem 1rem;font-size:.875rem}
.sheet{display:grid;grid-template-columns:14rem minmax(0,1fr)}
.side{background:var(--side);padding:1.25rem 1rem;display:grid;align-content:start;gap:1rem}
.name{font-size:1.25rem;text-decoration:none;color:var(--ink);letter-spacing:.04em;display:inline-block;padding:.35rem 0}.name b{color:var(--accent)}
.side ul{list-style:none;padding:0}.side li a{display:inline-block;padding:.3rem 0}
.side .small{font-size:.875rem}
main{padding:1.5rem clamp(1rem,4vw,3rem) 3rem;max-width:62rem;gap:2rem;align-content:start}
button,.go{border-width:1px;border-radius:1.5rem;font-weight:400}
.alert{background:var(--bad-soft);border-left:.4rem solid var(--bad);padding:1rem 1.25rem}.alert h1{border:0}
@media (max-width:48rem){.sheet{grid-template-columns:minmax(0,1fr)}.side{padding:.75rem 1rem;gap:.5rem}.side ul{display:flex;flex-wrap:wrap;gap:0 1.25rem}}
`;
