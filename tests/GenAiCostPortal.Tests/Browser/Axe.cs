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
            const found = await axe.run(part ?? document, { runOnly: rules, resultTypes: ['violations'], iframes: false });
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
