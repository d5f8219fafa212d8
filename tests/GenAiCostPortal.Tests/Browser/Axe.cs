using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace GenAiCostPortal.Browser;

/// <summary>
/// axe in the page itself, asked for violations only. The library's own runner makes a second page for each look and sends every
/// passed rule back: several seconds a look.
/// </summary>
internal static class Axe
{
    private const string Run = """
        async ({ part, onlyColours }) => {
            const rules = onlyColours ? { type: 'rule', values: ['color-contrast'] } : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
            const isReading = () => document.querySelector('.reading.stale') !== null;
            let found;
            // Figures that are being read again are paler until they come: not how the page looks at rest.
            for (let look = 0; look < 20; look++) {
                for (let waited = 0; isReading() && waited < 30_000; waited += 50) await new Promise(r => setTimeout(r, 50));
                found = await axe.run(part ?? document, { runOnly: rules, resultTypes: ['violations'], iframes: false });
                if (found.violations.length === 0 || !isReading()) break;
            }
            return found.violations.map(v => `${v.id}: ${v.help} — ` + v.nodes.slice(0, 6).map(n => `${n.target} ${n.html} ${n.any.map(a => a.message).join(' ')}`).join(' | '));
        }
        """;

    private static readonly string Script = new BundledAxeScriptProvider().GetScript();

    /// <summary>What axe complains of, a line each.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(IPage page, bool onlyColours, IElementHandle? part)
    {
        if (!await page.EvaluateAsync<bool>("typeof axe !== 'undefined'")) await page.EvaluateAsync(Script + ";true");
        return await page.EvaluateAsync<string[]>(Run, new { part, onlyColours });
    }
}
