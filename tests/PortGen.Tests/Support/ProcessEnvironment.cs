namespace PortGen.Tests.Support;

/// <summary>Variables of this process, set until disposed. They are everybody's: a test that sets some runs in the collection of this name, which runs alone.</summary>
[CollectionDefinition(nameof(ProcessEnvironment), DisableParallelization = true)]
public sealed class ProcessEnvironment : IDisposable
{
    private readonly List<string> _names = [];

    public ProcessEnvironment(params IEnumerable<(string Name, string Value)> variables)
    {
        foreach (var (name, value) in variables)
        {
            Environment.SetEnvironmentVariable(name, value);
            _names.Add(name);
        }
    }

    public void Dispose() => _names.ForEach(static name => Environment.SetEnvironmentVariable(name, null));
}
