using GenAiCostPortal.Access;
using GenAiCostPortal.Filters;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;

namespace GenAiCostPortal.Frame;

/// <summary>The box that finds a place by its name and goes there. Script opens and closes it; what it finds is asked here.</summary>
public sealed partial class GoTo
{
    private const string Hint = "Pages, features, teams, applications, models, accounts, releases and spikes by name; a trace by its id, in hex or as X-Ray writes it.";

    private object _box = new();
    private PortalUrl? _shown;
    private IReadOnlyList<GoToPlace>? _places;
    private GoToAnswer _answer = GoToAnswer.Nothing;
    private Task _searching = Task.CompletedTask;
    private string _typed = "";
    private string _said = Hint;
    private int _active;

    [Inject] private GoToFinder Finder { get; set; } = default!;
    [Inject] private NavigationManager Addresses { get; set; } = default!;
    [Inject] private ILogger<GoTo> Log { get; set; } = default!;
    [Parameter, EditorRequired] public PortalUrl Url { get; set; } = default!;
    [CascadingParameter] private Task<AuthenticationState>? SignIn { get; set; }

    protected override void OnParametersSet()
    {
        if (_shown is not null && !ReferenceEquals(_shown, Url)) StartAnew();
        _shown = Url;
    }

    private void StartAnew() => (_box, _places, _answer, _typed, _said, _active) = (new object(), null, GoToAnswer.Nothing, "", Hint, 0);

    private Task TypeAsync(ChangeEventArgs change)
    {
        _typed = change.Value?.ToString()?.Trim() ?? "";
        return _searching = SearchAsync(_typed);
    }

    private async Task SearchAsync(string typed)
    {
        var (box, answer, said) = (_box, GoToAnswer.Nothing, Hint);
        try
        {
            if (GoToFinder.IsTraceId(typed, out var id))
            {
                answer = await Finder.TraceAsync(id) is { } trace ? new GoToAnswer(typed, [trace], 1) : answer;
                said = answer.Found > 0 ? "" : "Nothing found: no trace with this id is kept.";
            }
            else if (typed.Length > 0)
            {
                _places ??= await Finder.PlacesAsync(SignIn is not null && (await SignIn).User.IsInRole(Policies.Administrator));
                answer = GoToFinder.Find(_places, typed);
                said = answer.Found == 0 ? $"Nothing found for “{typed}”." : answer.Found > answer.Places.Count ? $"The best {answer.Places.Count} of {answer.Found}. Type more to see others." : answer.Found == 1 ? "1 found." : $"{answer.Found} found.";
            }
        }
        // The box must stand whatever the store does; a page will say what is wrong.
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Log.LogWarning(fault, "The names to go to could not be read.");
            said = "The names could not be read just now. Type again to try once more.";
        }
        // What was typed meanwhile has its own answer.
        if (box == _box && typed == _typed) (_answer, _said, _active) = (answer, said, 0);
    }

    private async Task PressAsync(KeyboardEventArgs key)
    {
        if (key.Key == "Enter")
        {
            await _searching;
            if (_answer.Places.Count > 0) Addresses.NavigateTo(_answer.Places[_active].Href(Url));
            return;
        }
        var step = key.Key switch { "ArrowDown" => 1, "ArrowUp" => -1, _ => 0 };
        if (step != 0 && _answer.Places.Count > 0) _active = (_active + step + _answer.Places.Count) % _answer.Places.Count;
    }
}
