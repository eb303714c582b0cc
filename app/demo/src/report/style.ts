/** Style of the page: two colour schemes, one column on a phone, nothing from outside. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f7f7f5;--card:#fff;--text:#1b1d1f;--soft:#565c63;--rule:#dcdedb;--one:#0b62a8;--two:#b4530a;--area:#cfd6dc;--bad:#b3261e;--good:#1d6b34}
@media (prefers-color-scheme:dark){:root{--page:#131517;--card:#1c1f22;--text:#e9eaeb;--soft:#a4abb3;--rule:#353a40;--one:#63b3f4;--two:#f2a25c;--area:#3b444d;--bad:#ff8a80;--good:#7fd49a}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;-webkit-text-size-adjust:100%}
main,header,footer{max-width:68rem;margin:0 auto;padding:0 1rem}
header{padding-top:2rem}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .6rem}
h2{font-size:1.2rem;line-height:1.3;margin:2.2rem 0 .6rem}
h3{font-size:1rem;margin:0 0 .3rem}
p{margin:.4rem 0;max-width:46rem}
.soft{color:var(--soft)}
.verdict{font-weight:600}
.verdict.good{color:var(--good)}
.verdict.bad{color:var(--bad)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1.2rem 0 0;padding:0}
.tile,.card{background:var(--card);border:1px solid var(--rule);border-radius:.5rem}
.tile{padding:.7rem .8rem;display:flex;flex-direction:column-reverse;justify-content:flex-end;min-width:0}
.tile dt{color:var(--soft);font-size:.85rem;line-height:1.3}
.tile dd{margin:0;font-size:1.25rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem}
.card{margin:0;padding:.9rem 1rem;min-width:0}
figure.card{display:flex;flex-direction:column}
figure.card figcaption{flex:1}
.card figcaption{font-size:.9rem;color:var(--soft)}
.card figcaption h3{color:var(--text)}
svg{display:block;width:100%;max-width:30rem;height:auto;margin:.5rem auto 0}
@media (min-width:50rem){.tiles{grid-template-columns:repeat(4,1fr)}}
svg text{fill:var(--soft);font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round}
.line.one{stroke:var(--one)}
.line.two{stroke:var(--two);stroke-dasharray:5 3}
.area{fill:var(--area)}
.bar{fill:var(--one)}
.dot{fill:var(--one);fill-opacity:.55;stroke:none}
.median{stroke:var(--two);stroke-width:1.6;stroke-dasharray:5 3}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;margin:.3rem 0 0;padding:0;font-size:.85rem}
.legend svg{display:inline-block;width:1.5rem;height:.7rem;margin:0 .4rem 0 0;vertical-align:middle}
details{margin-top:.5rem;font-size:.85rem}
summary{cursor:pointer;color:var(--soft);padding:.3rem 0}

table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.35rem .5rem;border-bottom:1px solid var(--rule);vertical-align:top}
th:first-child,td:first-child{text-align:left;padding-left:0}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-weight:500;font-size:.85rem}
tbody th{font-weight:400}
.sum td,.sum th{font-weight:600}
@media (max-width:34rem){.card{padding:.8rem .75rem}.stack thead{display:none}.stack tr{display:grid;grid-template-columns:1fr 1fr;border-bottom:1px solid var(--rule);padding:.35rem 0}.stack th,.stack td{border:0;padding:.1rem 0;text-align:left}.stack th:first-child{grid-column:1/-1}.stack td::before{content:attr(data-name);display:block;color:var(--soft);font-size:.8rem;font-weight:400}}
footer{padding-top:1rem;padding-bottom:2.5rem;font-size:.85rem;color:var(--soft)}
a{color:var(--one)}
:focus-visible{outline:2px solid var(--one);outline-offset:2px}
`
  .trim()
  .replaceAll("\n", "");
