using PortGen;

var builder = WebApplication.CreateBuilder(args);
builder.AddPortServices();
var app = builder.Build();

app.MapGet("/", () => "Hello World!");

app.Run();

[PortService("web", Port = 5080, Range = "5080-5089")] public partial class Program;
