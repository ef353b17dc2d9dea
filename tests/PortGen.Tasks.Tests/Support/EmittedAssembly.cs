extern alias Runtime;

using System.Reflection;
using System.Reflection.Emit;
using Runtime::PortGen;

namespace PortGen.Tasks.Tests.Support;

/// <summary>An assembly on disk with port attributes, as the compiler would write them, without a compiler.</summary>
internal sealed class EmittedAssembly
{
    private readonly PersistedAssemblyBuilder _assembly;
    private readonly ModuleBuilder _module;

    public EmittedAssembly(string name)
    {
        _assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        _module = _assembly.DefineDynamicModule(name);
    }

    /// <summary>Adds a class with <c>[PortService]</c>.</summary>
    public EmittedAssembly Declare(string name, int port = 0, string? range = null, string? typeName = null)
    {
        var type = _module.DefineType(typeName ?? "App.Service_" + name.Replace('-', '_'), TypeAttributes.Public);
        type.SetCustomAttribute(Attribute<PortServiceAttribute>([name], port, range));
        type.CreateType();
        return this;
    }

    /// <summary>Adds a class with <c>[PortService]</c>, of whose name the next parts are further ports and what it depends on.</summary>
    public EmittedAssembly Declare(string name, string[] additional, params Type[] dependsOn)
    {
        var type = _module.DefineType("App.Service_" + name, TypeAttributes.Public);
        type.SetCustomAttribute(new CustomAttributeBuilder(
            typeof(PortServiceAttribute).GetConstructors().Single(), [name], [typeof(PortServiceAttribute).GetProperty("DependsOn")!], [dependsOn]));
        foreach (var port in additional)
        {
            type.SetCustomAttribute(new CustomAttributeBuilder(typeof(AdditionalPortAttribute).GetConstructors().Single(), [port]));
        }

        type.CreateType();
        return this;
    }

    /// <summary>Adds an <c>[assembly: ReferencedPort]</c>.</summary>
    public EmittedAssembly Change(string assembly, string port, string? name, bool exclude = false)
    {
        var type = typeof(ReferencedPortAttribute);
        _assembly.SetCustomAttribute(new CustomAttributeBuilder(type.GetConstructors().Single(), [assembly, port], [type.GetProperty("Name")!, type.GetProperty("Exclude")!], [name!, exclude]));
        return this;
    }

    /// <summary>Adds an <c>[assembly: ExportedPort]</c>, as the generator does in a library.</summary>
    public EmittedAssembly Export(string name, int port = 0, string? range = null)
    {
        _assembly.SetCustomAttribute(Attribute<ExportedPortAttribute>([name, name, "global::Lib." + name, "global::Lib.Exports." + name], port, range));
        return this;
    }

    /// <summary>Writes the assembly and returns its path.</summary>
    public string Save(string folder)
    {
        var path = Path.Combine(folder, _assembly.GetName().Name + ".dll");
        _assembly.Save(path);
        return path;
    }

    private static CustomAttributeBuilder Attribute<T>(object[] arguments, int port, string? range)
    {
        var constructor = typeof(T).GetConstructors().Single();
        var (portProperty, rangeProperty) = (typeof(T).GetProperty("Port")!, typeof(T).GetProperty("Range")!);
        return range is null
            ? new CustomAttributeBuilder(constructor, arguments, [portProperty], [port])
            : new CustomAttributeBuilder(constructor, arguments, [portProperty, rangeProperty], [port, range]);
    }
}
