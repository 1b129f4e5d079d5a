/// The style sheet of the page, and its hash for the page's policy, which lets no other style in.
///
/// A test computes the hash anew and names the new one.
enum PageStyle {
    static let hash: StaticString = "sha256-GiUvETiRKAPvZHfB8UIjQi9sUCxpGG/OqZeNQRI5gmE="

    static let sheet: StaticString = """
        :root{color-scheme:light dark;--bg:#f5f6f8;--fg:#1a1d21;--dim:#565d66;--card:#fff;\
        --line:#d9dde2;--code:#eef0f3;--healthy:#1a7f37;--degraded:#8f5a00;--failing:#b3261e;\
        --unknown:#8f5a00;--pending:#565d66}
        @media (prefers-color-scheme:dark){:root{--bg:#13151a;--fg:#e7e9ec;--dim:#a3abb5;\
        --card:#1c1f26;--line:#343a44;--code:#262b34;--healthy:#63d283;--degraded:#f2bd4b;\
        --failing:#ff8b81;--unknown:#f2bd4b;--pending:#a3abb5}}
        *{box-sizing:border-box}
        body{margin:0 auto;padding:1rem;max-width:72rem;background:var(--bg);color:var(--fg);\
        font:16px/1.5 system-ui,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
        h1{font-size:1.35rem;margin:0 0 .5rem;line-height:1.7}
        h2{font-size:1.1rem;margin:2rem 0 .6rem}
        h3{font-size:1.05rem;margin:0 0 .4rem;line-height:1.7}
        p{margin:.35rem 0}
        header,article,.box{background:var(--card);border:1px solid var(--line);\
        border-left:.4rem solid var(--pending);border-radius:.5rem;padding:.9rem 1rem;margin:0 0 .8rem}
        .box{border-left:1px solid var(--line);padding:.2rem 1rem}
        .is-healthy{border-left-color:var(--healthy)}
        .is-degraded{border-left-color:var(--degraded)}
        .is-failing{border-left-color:var(--failing)}
        .is-unknown{border-left-color:var(--unknown)}
        .badge{display:inline-block;padding:0 .55rem;border:.1rem solid;border-radius:1rem;\
        font-weight:700;font-size:.9rem;line-height:1.45;white-space:nowrap}
        .healthy{color:var(--healthy)}
        .degraded{color:var(--degraded)}
        .failing{color:var(--failing)}
        .unknown{color:var(--unknown)}
        .pending{color:var(--pending)}
        .stale{border:.2rem solid var(--failing);border-radius:.5rem;padding:.6rem 1rem;\
        margin:0 0 .8rem;font-weight:700;background:var(--card)}
        .cause{font-weight:700}
        .dim{color:var(--dim);font-size:.875rem}
        dl{margin:.5rem 0 0;display:grid;gap:.25rem 1rem}
        dl>div{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:0 .75rem}
        dt{color:var(--dim)}
        dd{margin:0}
        ul{margin:.3rem 0;padding-left:1.2rem}
        pre{margin:.35rem 0;padding:.45rem .6rem;background:var(--code);border-radius:.35rem;\
        white-space:pre-wrap;font:.875rem/1.45 ui-monospace,"DejaVu Sans Mono",monospace;\
        user-select:all;-webkit-user-select:all}
        details{margin-top:.5rem}
        summary{cursor:pointer;color:var(--dim)}
        time{white-space:nowrap;font-variant-numeric:tabular-nums}
        .strip{display:block;width:100%;max-width:24rem;height:1.3rem;margin-top:.1rem}
        .n{fill:var(--dim);opacity:.5}
        .h{fill:var(--healthy)}
        .u{fill:var(--unknown)}
        .f{fill:var(--failing)}
        table{width:100%;border-collapse:collapse;font-size:.9375rem}
        th{text-align:left;color:var(--dim);font-weight:400}
        th,td{padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line);vertical-align:top}
        tbody tr:last-child td{border-bottom:0}
        td .strip{width:11rem;height:1.1rem;margin:.2rem 0 0}
        td b{font-weight:600}
        b,dd,td,code,h3,.cause{unicode-bidi:isolate}
        footer{color:var(--dim);font-size:.875rem;margin-top:2rem}
        @media (max-width:600px){body{padding:.6rem}
        dl>div{grid-template-columns:minmax(0,1fr);margin-bottom:.25rem}
        thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
        table,tbody,tr,td{display:block}
        td{border:0;padding:.1rem 0}
        tr{padding:.6rem 0;border-bottom:1px solid var(--line)}
        tbody tr:last-child{border-bottom:0}
        td .strip{width:100%}}
        @media print{body{max-width:none}article{break-inside:avoid}}

        """
}
