/** Acme's stylesheet: deliberately nothing like Signet's. Contrast of all pairs is at least 4.5 in both schemes. */
import { BASE_CSS } from '../shared/style.js';

export const ACME_CSS = `:root{color-scheme:light dark;
--paper:#fbf5ea;--sheet:#fffdf8;--ink:#2a2118;--soft:#675a4b;--line:#8a7a66;--faint:#e3d7c3;--accent:#0b5d45;--on-accent:#fff;--bad:#9b2c12;--bad-soft:#fbe6dd;--yellow:#fff0c2}
@media (prefers-color-scheme:dark){:root{--paper:#1b1712;--sheet:#241f18;--ink:#f1e8da;--soft:#bfb09c;--line:#93836e;--faint:#3b3227;--accent:#7fd6b4;--on-accent:#0d2a20;--bad:#ffae94;--bad-soft:#43201a;--yellow:#3d3414}}
${BASE_CSS}
body{font:400 1.0625rem/1.6 Georgia,"Times New Roman",serif}
h1{font-size:1.75rem}h2{font-size:1.25rem}
.ribbon{background:var(--yellow);color:var(--ink);padding:.4rem 1rem;text-align:center;font-size:.9375rem;border-bottom:2px dashed var(--line)}
.head{background:var(--accent);color:var(--on-accent)}
.bar{max-width:60rem;margin:0 auto;padding:.75rem 1rem;display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;justify-content:space-between}
.head a{color:inherit;display:inline-block;padding:.35rem 0}.name{font-size:1.375rem;font-weight:700;font-style:italic;text-decoration:none}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 3rem;gap:1.5rem}
section{background:var(--sheet);border:2px dashed var(--line);padding:1.25rem}
.alert{background:var(--bad-soft);border:2px solid var(--bad)}
footer{max-width:60rem;margin:0 auto;padding:0 1rem 2rem;color:var(--soft);font-size:.9375rem}
`;
