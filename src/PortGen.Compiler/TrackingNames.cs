namespace PortGen.Compiler;

/// <summary>The names of the generator's steps, by which the tests prove that nothing is computed again without need.</summary>
internal static class TrackingNames
{
    public const string Service = nameof(Service);
    public const string Services = nameof(Services);
    public const string Options = nameof(Options);
    public const string Manifest = nameof(Manifest);
    public const string Output = nameof(Output);

    public static readonly IReadOnlyList<string> All = [Service, Services, Options, Manifest, Output];
}
