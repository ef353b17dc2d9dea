using PortGen.CodeFixes;
using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.CodeFixes;

public sealed class ServiceClassCodeFixTests
{
    [Fact]
    public Task PG1001_abstract_and_static_are_dropped() => VerifyAsync(
        """
        [PortGen.PortService("a")] public abstract class {|PG1001:A|} : Base;

        // A comment that stays.
        [PortGen.PortService("b")]
        abstract class {|PG1001:B|} : Base
        {
        }
        """,
        """
        [PortGen.PortService("a")] public class A : Base;

        // A comment that stays.
        [PortGen.PortService("b")]
        class B : Base
        {
        }
        """);

    [Fact]
    public Task PG1001_a_generic_class_is_left_to_its_author() => VerifyAsync(
        """[PortGen.PortService("a")] public class {|PG1001:A|}<T> : Base;""",
        """[PortGen.PortService("a")] public class {|PG1001:A|}<T> : Base;""");

    [Fact]
    public Task PG1005_the_interface_is_implemented() => VerifyAsync(
        """
        [PortGen.PortService("a")]
        public sealed class {|PG1005:A|}
        {
            public int Kept { get; set; }
        }

        [PortGen.PortService("b")]
        public sealed class {|PG1005:B|} : System.IDisposable
        {
            public void Dispose()
            {
            }
        }
        """,
        """
        [PortGen.PortService("a")]
        public sealed class A : PortGen.IPortService
        {
            public int Kept { get; set; }

            public System.Threading.Tasks.Task StartAsync(PortGen.PortLease lease, System.Threading.CancellationToken cancellationToken) => throw new System.NotImplementedException();

            public System.Threading.Tasks.Task StopAsync(System.Threading.CancellationToken cancellationToken) => throw new System.NotImplementedException();
        }

        [PortGen.PortService("b")]
        public sealed class B : System.IDisposable, PortGen.IPortService
        {
            public void Dispose()
            {
            }

            public System.Threading.Tasks.Task StartAsync(PortGen.PortLease lease, System.Threading.CancellationToken cancellationToken) => throw new System.NotImplementedException();

            public System.Threading.Tasks.Task StopAsync(System.Threading.CancellationToken cancellationToken) => throw new System.NotImplementedException();
        }
        """);

    [Fact]
    public Task PG1005_a_class_without_a_body_gets_one() => VerifyAsync(
        """
        [PortGen.PortService("a")]
        public sealed class {|PG1005:A|};
        """,
        """
        [PortGen.PortService("a")]
        public sealed class A : PortGen.IPortService
        {
            public System.Threading.Tasks.Task StartAsync(PortGen.PortLease lease, System.Threading.CancellationToken cancellationToken) => throw new System.NotImplementedException();

            public System.Threading.Tasks.Task StopAsync(System.Threading.CancellationToken cancellationToken) => throw new System.NotImplementedException();
        }
        """);

    private static Task VerifyAsync(string source, string @fixed) => CodeFixTest.VerifyAsync<ServiceClassCodeFix>(source, @fixed);
}
