using PortGen.Compiler.Tests.Support;

namespace PortGen.Compiler.Tests.Analyzer;

/// <summary>Which classes are port services: look-alikes and half-typed code are everyday input.</summary>
public sealed class ServiceClassTests
{
    [Theory]
    [InlineData("namespace My.PortGen { class PortServiceAttribute(string name) : System.Attribute { public string Name => name; } }", "My.PortGen.PortService")]
    [InlineData("namespace My { class PortServiceAttribute(string name) : System.Attribute { public string Name => name; } }", "My.PortService")]
    [InlineData("namespace PortGen { class Outer { internal class PortServiceAttribute(string name) : System.Attribute { public string Name => name; } } }", "PortGen.Outer.PortService")]
    [InlineData("namespace PortGen { class NewServiceAttribute(string name) : System.Attribute { public string Name => name; } }", "PortGen.NewService")]
    [InlineData("namespace PortGen { class ServiceAttribute(string name) : System.Attribute { public string Name => name; } }", "PortGen.Service")]
    public Task Another_attribute_of_that_name_declares_nothing(string declaration, string attribute) =>
        AnalyzerTest.VerifyAsync(["", $"{declaration} namespace Users {{ [{attribute}(\"Not A Name\")] class A; }}"]);

    [Fact]
    public Task The_interface_may_come_from_a_base_class_or_another_interface() => AnalyzerTest.VerifyAsync("""
        public interface IMine : System.IDisposable, PortGen.IPortService;
        public abstract class Middle : IMine
        {
            public abstract void Dispose();
            public abstract System.Threading.Tasks.Task StartAsync(PortGen.PortLease lease, System.Threading.CancellationToken cancellationToken);
            public abstract System.Threading.Tasks.Task StopAsync(System.Threading.CancellationToken cancellationToken);
        }
        [PortGen.PortService("a")] public class A : Middle
        {
            public override void Dispose() { }
            public override System.Threading.Tasks.Task StartAsync(PortGen.PortLease lease, System.Threading.CancellationToken cancellationToken) => null!;
            public override System.Threading.Tasks.Task StopAsync(System.Threading.CancellationToken cancellationToken) => null!;
        }
        [PortGen.PortService("b")] public sealed class B : A;
        [PortGen.PortService("c")] public sealed class {|PG1005:C|} : System.IDisposable { public void Dispose() { } }
        """);

    [Fact]
    public Task A_class_that_may_not_be_used_is_no_service_and_one_that_is_only_discouraged_is() => AnalyzerTest.VerifyAsync("""
        namespace My { public sealed class ObsoleteAttribute(string message, bool error) : global::System.Attribute { public string Message => message; public bool Error => error; } }
        namespace My.System { public sealed class ObsoleteAttribute(string message, bool error) : global::System.Attribute { public string Message => message; public bool Error => error; } }
        namespace N
        {
            [PortGen.PortService("a"), System.Obsolete("", true)] public sealed class {|PG1001:A|} : Base;
            [PortGen.PortService("b"), System.Obsolete("", false)] public sealed class B : Base;
            [PortGen.PortService("c"), System.Obsolete("")] public sealed class C : Base;
            [PortGen.PortService("d"), My.Obsolete("", true)] public sealed class D : Base;
            [PortGen.PortService("e"), My.System.Obsolete("", true)] public sealed class E : Base;
            [PortGen.PortService("f"), System.Serializable, System.Obsolete("", true)] public sealed class {|PG1001:F|} : Base;
        }
        """, "is marked [Obsolete] as an error");

    [Fact]
    public Task The_message_says_why_a_class_can_t_be_a_service() => AnalyzerTest.VerifyAsync("""
        public class Generic<T> { public class Middle { [PortGen.PortService("a")] public sealed class {|PG1001:A|} : Base; } }
        [PortGen.PortService("b")] public sealed class {|PG1001:B|}<T> : Base;
        public class Outer { [PortGen.PortService("c")] private sealed class {|PG1001:C|} : Base; }
        [PortGen.PortService("d")] file sealed class {|PG1001:D|} : Base;
        """, "is nested in a generic type", "is generic", "is not accessible from the generated code", "is local to its file");

    [Theory]
    [InlineData("[PortGen.PortService] public sealed class A : Base;")]
    [InlineData("[PortGen.PortService(name)] public sealed class A : Base;")]
    [InlineData("[PortGen.PortService(\"A\", 80)] public sealed class A : Base;")]
    [InlineData("[PortGen.PortService(\"A\")] public sealed class : Base { }")]
    [InlineData("namespace { [PortGen.PortService(\"A\")] public sealed class A : Base; }")]
    [InlineData("namespace N. { [PortGen.PortService(\"A\")] public sealed class A : Base; }")]
    [InlineData("[PortGen.AdditionalPort] public sealed class A;")]
    [InlineData("[PortGen.AdditionalPort(\"a\")] public sealed class { }")]
    public void What_has_no_name_yet_is_neither_judged_nor_generated(string source)
    {
        var compilation = Compilations.Create(Sources.Base + source);
        Assert.Empty(FullBuild.Analyze(compilation));
        var generator = Generation.Driver().RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results.Single();
        Assert.Null(generator.Exception);
        Assert.DoesNotContain(generator.GeneratedSources, static s => s.SourceText.ToString().Contains("\"A\"", StringComparison.OrdinalIgnoreCase));
    }
}
