extern alias Runtime;

using System.Reflection;
using Runtime::PortGen;

namespace PortGen.Compiler.Tests.Declarations;

/// <summary>The declaration has every property of the attributes, and the definition every one of the declaration: none is lost on the way.</summary>
public sealed class DeclaredPortTests
{
    private static readonly DeclaredPort s_default = new() { Name = "a", Service = "a", Type = "global::A" };

    // What the constructors of the attributes take, and what an export or an application adds.
    private static readonly string[] s_identity =
    [
        nameof(DeclaredPort.Name), nameof(DeclaredPort.Service), nameof(DeclaredPort.Type), nameof(DeclaredPort.Registration),
        nameof(DeclaredPort.Assembly), nameof(DeclaredPort.DeclaredName), nameof(DeclaredPort.Problem),
    ];

    [Fact]
    public void The_attributes_the_export_and_the_definition_have_the_properties_of_the_declaration()
    {
        var declared = Settable(typeof(DeclaredPort)).Except(s_identity).ToList();
        Assert.Equal(declared, s_default.Properties.Select(static p => p.Name));
        Assert.Equal(declared.Order(), Settable(typeof(PortServiceAttribute)).Order());
        Assert.Equal(declared.Order(), Settable(typeof(ExportedPortAttribute)).Except([nameof(DeclaredPort.Problem)]).Order());
        Assert.Empty(Settable(typeof(AdditionalPortAttribute)).Except(declared));
        Assert.Equal(declared.Except([nameof(DeclaredPort.DependsOn)]).Concat([nameof(PortDefinition.Service), nameof(PortDefinition.InvalidRange)]).Order(), Settable(typeof(PortDefinition)).Order());
    }

    [Fact]
    public void What_is_not_written_has_the_attribute_s_default()
    {
        foreach (var attribute in new object[] { new PortServiceAttribute("a"), new ExportedPortAttribute("a", "a", "", ""), new AdditionalPortAttribute("a") })
        {
            foreach (var name in Settable(attribute.GetType()).Where(static n => n != nameof(DeclaredPort.DependsOn)))
            {
                Assert.Equal((name, Get(attribute, name)), (name, Get(s_default, name)));
                Assert.Equal((name, Get(attribute, name)), (name, Get(Read([]), name)));
            }
        }

        Assert.Empty(Read([]).DependsOn);
    }

    [Fact]
    public void Whatever_is_written_is_read_and_written_again()
    {
        var values = new Dictionary<string, object>();
        foreach (var name in s_default.Properties.Select(static p => p.Name))
        {
            values[name] = Get(s_default, name) switch
            {
                bool flag => !flag,
                int number => number + 1,
                EquatableArray<string> => (EquatableArray<string>)["global::B"],
                _ => "text of " + name,
            };
        }

        Assert.Equal(values, Read(values).Properties.ToDictionary(static p => p.Name, static p => p.Value!));
    }

    private static DeclaredPort Read(Dictionary<string, object> values) => DeclaredPort.From("a", "a", "global::A", new Arguments(values));

    private static IEnumerable<string> Settable(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p => p.SetMethod is { IsPublic: true }).Select(static p => p.Name);

    private static object? Get(object owner, string name) => owner.GetType().GetProperty(name)!.GetValue(owner);

    private readonly struct Arguments(Dictionary<string, object> values) : IAttributeArguments
    {
        public int Count => 1;

        public string? Text(int index) => "a";

        public object? Find(string name) => values.GetValueOrDefault(name);
    }
}
