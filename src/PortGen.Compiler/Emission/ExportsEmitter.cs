using Microsoft.CodeAnalysis.Text;
using PortGen.Compiler.Model;

namespace PortGen.Compiler.Emission;

/// <summary>Prints what a library tells the applications that reference it: its ports as attributes, its services as definitions.</summary>
internal static class ExportsEmitter
{
    public static SourceText Emit(ManifestModel manifest, OutputOptions options, OutputName name)
    {
        var own = manifest.Services.Where(s => s.Registration is null && !manifest.Broken.Any(b => b.Ports[0].Name == s.Name)).ToList();

        // The underscore keeps the class name distinct from its members' names, which have none.
        var className = options.AssemblyIdentifier + "_Services";
        var writer = new SourceWriter().WriteHeader([]);
        foreach (var service in own)
        {
            foreach (var port in service.Ports)
            {
                EmitAttribute(writer, port.Declaration, $"global::PortGen.Exports.{className}.{service.Port.Identifier}");
            }
        }

        // An application that includes them must not start as if they weren't there.
        foreach (var (port, problem) in manifest.Broken.SelectMany(static b => b.Ports.Select(p => (p, b.Problem))))
        {
            EmitAttribute(writer, port, registration: "", $"Problem = {SourceWriter.Literal(problem)}");
        }

        writer
            .Line()
            .Write("namespace PortGen.Exports")
            .Open()
            .Write("/// <summary>The services of this library, for the applications that include them. Their classes may be internal.</summary>")
            .Write(SourceWriter.GeneratedCode)
            .Write("[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]")
            .Write($"public static class {className}")
            .Open();
        for (var i = 0; i < own.Count; i++)
        {
            if (i > 0)
            {
                writer.Line();
            }

            EmitDefinition(writer, own[i], PortsEmitter.FullName(options, name));
        }

        writer.Close().Close();
        return SourceText.From(writer.ToString(), System.Text.Encoding.UTF8);
    }

    private static void EmitAttribute(SourceWriter writer, DeclaredPort port, string registration, params string[] further)
    {
        string[] constructor = [port.Name, port.Service, port.Type, registration];
        var arguments = constructor.Select(SourceWriter.Literal)
            .Concat(port.Properties.Where(static p => p.Value is not null).Select(static p => $"{p.Name} = {SourceWriter.Literal(p.Value!)}"))
            .Concat(further);
        writer.Write($"[assembly: global::PortGen.ExportedPort({string.Join(", ", arguments)})]");
    }

    private static void EmitDefinition(SourceWriter writer, ManifestService service, string ports) => writer
        .Write($"/// <summary>The service of port <c>{service.Name}</c>.</summary>")
        .Write($"public static global::PortGen.PortServiceDefinition {service.Port.Identifier} {{ get; }} =")
        .Write($"    {PortsEmitter.Definition(service, port => $"{ports}.{port.Identifier}")};");
}
