namespace PortGen.Tests.Support;

/// <summary>Variables of this process, set until disposed. They are everybody's: a test that sets some runs in the collection of this name, which runs alone.</summary>
[CollectionDefinition(nameof(ProcessEnvironment), DisableParallelization = true)]
public sealed class ProcessEnvironment : IDisposable
{
    private readonly List<(string Name, string? Before)> _changed = [];

    public ProcessEnvironment(params IEnumerable<(string Name, string Value)> variables)
    {
        foreach (var (name, value) in variables)
        {
            _changed.Add((name, Environment.GetEnvironmentVariable(name)));
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    public void Dispose()
    {
        // Backwards: what was set twice was first as it was before.
        foreach (var (name, before) in Enumerable.Reverse(_changed))
        {
            Environment.SetEnvironmentVariable(name, before);
        }
    }
}
