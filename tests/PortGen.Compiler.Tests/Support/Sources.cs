namespace PortGen.Compiler.Tests.Support;

/// <summary>Pieces of sources.</summary>
internal static class Sources
{
    /// <summary>A base class that makes any class a port service.</summary>
    public const string Base = """
        public abstract class Base : PortGen.IPortService
        {
            public System.Threading.Tasks.Task StartAsync(PortGen.PortLease lease, System.Threading.CancellationToken cancellationToken) =>
                System.Threading.Tasks.Task.CompletedTask;

            public System.Threading.Tasks.Task StopAsync(System.Threading.CancellationToken cancellationToken) =>
                System.Threading.Tasks.Task.CompletedTask;
        }

        """;

    /// <summary>Service <c>S{i}</c> that needs the one before it.</summary>
    public static string Service(int i) => $$"""
        [PortGen.PortService("s{{i}}", Port = {{2000 + i}}{{(i > 0 ? $", DependsOn = [typeof(S{i - 1})]" : "")}})]
        public sealed class S{{i}} : Base;

        """;
}
