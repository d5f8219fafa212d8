namespace GenAiCostPortal.Pages.Welcome;

/// <summary>Whether anything was ever billed or recorded.</summary>
public sealed record WelcomeState(bool HasData);
